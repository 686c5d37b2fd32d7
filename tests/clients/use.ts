// What a program in TypeScript relies on: each answer is the schema of that name. A schema that loses
// its name does not compile here; nor does an answer that becomes another.
import type { components, paths } from "./school-network";

type Schemas = components["schemas"];
type Answer<Operation> = Operation extends {
  responses: { 200: { content: { "application/json": infer Body } } };
}
  ? Body
  : Operation extends { responses: { 201: { content: { "application/json": infer Body } } } }
    ? Body
    : never;
type Sent<Operation> = Operation extends { requestBody: { content: infer Content } }
  ? Content[keyof Content]
  : never;
type Same<One, Other> =
  (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : never;

type Programs = paths["/api/v1/programs"];
type Program = paths["/api/v1/programs/{id}"];
type Partnerships = paths["/api/v1/partnerships"];
type Partnership = paths["/api/v1/partnerships/{id}"];
type Acts = paths["/api/v1/legal-acts"];
type Act = paths["/api/v1/legal-acts/{id}"];
type Door<Name extends string> = `/api/v1/programs/{id}/${Name}` extends keyof paths
  ? paths[`/api/v1/programs/{id}/${Name}`]["get"]
  : never;

export const typed: [
  Same<Answer<Programs["get"]>, Schemas["ProgramPage"]>,
  Same<Answer<Programs["post"]>, Schemas["ProgramWritten"]>,
  Same<Sent<Programs["post"]>, Schemas["ProgramWrite"]>,
  Same<Answer<Program["get"]>, Schemas["ProgramRead"]>,
  Same<Sent<Program["patch"]>, Schemas["ProgramPatch"]>,
  Same<Answer<Partnerships["get"]>, Schemas["PartnershipPage"]>,
  Same<Answer<Partnerships["post"]>, Schemas["PartnershipWritten"]>,
  Same<Answer<Partnership["get"]>, Schemas["PartnershipRead"]>,
  Same<Answer<Partnership["patch"]>, Schemas["PartnershipWritten"]>,
  Same<Sent<Partnership["patch"]>, Schemas["PartnershipPatch"]>,
  Same<Answer<Acts["get"]>, Schemas["LegalActPage"]>,
  Same<Answer<Act["get"]>, Schemas["LegalActRead"]>,
  Same<Answer<Door<"indicators">>, Schemas["Indicators"]>,
  Same<Answer<Door<"indicators/diff">>, Schemas["IndicatorDifference"]>,
  Same<Answer<Door<"indicators/{code}/explain">>, Schemas["IndicatorExplanation"]>,
  Same<Answer<Door<"indicators/{code}/series">>, Schemas["IndicatorSeries"]>,
  Same<Answer<Door<"state">>, Schemas["ProgramState"]>,
  Same<Answer<Door<"monitoring">>, Schemas["ProgramMonitoring"]>,
  Same<Answer<Door<"finance">>, Schemas["ProgramFinance"]>,
  Same<Answer<Door<"snapshots">>, Schemas["SnapshotPage"]>,
  Same<Answer<paths["/api/v1/imports/programs"]["post"]>, Schemas["ImportReport"]>,
  Same<Answer<paths["/api/v1/changes"]["get"]>, Schemas["FeedPage"]>,
] = [
  true, true, true, true, true, true, true, true, true, true, true,
  true, true, true, true, true, true, true, true, true, true, true,
];

// `type` tells which record a change of the feed holds.
export function titleOf(change: Schemas["FeedChange"]): string | null | undefined {
  return change.type === "programs" ? change.data?.title : undefined;
}

// A field is what it says: a choice is one of its values, and what may be absent has to be asked for.
export const choice: Schemas["PartnershipStatus"] = "active";
export const body: Schemas["OrganizationWrite"] = {
  municipality_id: "01890000-0000-7000-8000-000000000000",
  kind: "culture",
  full_name: "Районный дом культуры",
  short_name: "РДК",
};
// @ts-expect-error: there is no such kind
export const wrong: Schemas["OrganizationWrite"]["kind"] = "castle";
