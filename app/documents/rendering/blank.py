"""Blank: an empty DOCX with the page, the styles and the properties of our papers."""

import zipfile
from datetime import datetime
from io import BytesIO

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm

from app.documents.paper import Orientation, Paper
from app.documents.rendering.elements import element, twips
from app.documents.rendering.layout import heading_of
from app.documents.wording import clean

FACE = "Times New Roman"
LANGUAGE = "ru-RU"
_KEPT = {"Normal", "Heading1", "Title", "Header", "Footer", "DefaultParagraphFont", "TableNormal"}
# A stranger's picture and leftovers of the template; the styles are written anew.
_DROPPED = {
    RELATIONSHIP_TYPE.THUMBNAIL,
    RELATIONSHIP_TYPE.CUSTOM_XML,
    RELATIONSHIP_TYPE.NUMBERING,
    "http://schemas.microsoft.com/office/2007/relationships/stylesWithEffects",
}
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first day that a ZIP archive knows."""
_UNIX = 3
_LONGEST = 255
"""Signs of a property: python-docx refuses longer ones."""


def blank(paper: Paper) -> Document:
    """An empty document; nothing in it depends on the clock."""
    document = docx.Document()
    for rels in (document.part.rels, document.part.package.rels):
        for key in [key for key, rel in rels.items() if rel.reltype in _DROPPED]:
            rels.pop(key)
    _set_styles(document.styles.element)
    _set_settings(document.settings.element)
    _set_page(document, paper)
    _set_properties(document, paper)
    return document


def packed(document: Document) -> bytes:
    """The bytes of a document, the same at any time on any system."""
    written, file = BytesIO(), BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = _UNIX
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return file.getvalue()


def _set_styles(styles: BaseOxmlElement) -> None:
    for style in styles.findall(qn("w:style")):
        if style.get(qn("w:styleId")) not in _KEPT:
            styles.remove(style)
    defaults = styles.find(qn("w:docDefaults"))
    defaults.clear()
    defaults.append(element("rPrDefault", _letters(12)))
    defaults.append(element("pPrDefault", element("pPr", _spacing(0, 0))))
    for style in styles.findall(qn("w:style")):
        for tag in ("w:pPr", "w:rPr"):
            for part in style.findall(qn(tag)):
                style.remove(part)
    _extend(styles, "Heading1", element("keepNext"), _spacing(14, 8), element("outlineLvl", val=0))
    _extend(styles, "Title", element("keepNext"), _spacing(0, 3), element("jc", val="center"))
    _style(styles, "Heading1").append(element("rPr", element("b")))
    for name, size in {"Header": 9, "Footer": 9, "Cell": 10, "Note": 10, "Fine": 8}.items():
        _style(styles, name).append(_letters(size))
    indent = element("ind", firstLine=twips(12.5))
    _extend(styles, "Clause", _spacing(0, 4), indent, element("jc", val="both"))
    for name, before, after in (("About", 0, 4), ("Note", 4, 0)):
        _extend(styles, name, _spacing(before, after))


def _style(styles: BaseOxmlElement, name: str) -> BaseOxmlElement:
    found: BaseOxmlElement
    for found in styles.findall(qn("w:style")):
        if found.get(qn("w:styleId")) == name:
            return found
    made = element("style", element("name", val=name), element("basedOn", val="Normal"))
    made.set(qn("w:type"), "paragraph")
    made.set(qn("w:customStyle"), "1")
    made.set(qn("w:styleId"), name)
    styles.append(made)
    return made


def _extend(styles: BaseOxmlElement, name: str, *properties: BaseOxmlElement) -> None:
    # The schema wants the paragraph before its letters.
    style = _style(styles, name)
    letters = style.find(qn("w:rPr"))
    place = len(style) if letters is None else style.index(letters)
    style.insert(place, element("pPr", *properties))


def _letters(size: int) -> BaseOxmlElement:
    fonts = dict.fromkeys(("ascii", "hAnsi", "eastAsia", "cs"), FACE)
    return element(
        "rPr",
        element("rFonts", **fonts),
        element("sz", val=2 * size),
        element("szCs", val=2 * size),
        element("lang", val=LANGUAGE, eastAsia=LANGUAGE, bidi=LANGUAGE),
    )


def _spacing(before: int, after: int) -> BaseOxmlElement:
    return element("spacing", before=20 * before, after=20 * after, line=240, lineRule="auto")


def _set_settings(settings: BaseOxmlElement) -> None:
    """Word of 2013 and later lays the document out as it is, not in a compatibility mode."""
    compat = settings.find(qn("w:compat"))
    compat.remove(compat.find(qn("w:useFELayout")))
    for setting in compat.findall(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")
    languages = settings.find(qn("w:themeFontLang"))
    for attribute in ("w:val", "w:eastAsia"):
        languages.set(qn(attribute), LANGUAGE)


def _set_page(document: Document, paper: Paper) -> None:
    section = document.sections[0]
    is_flipped = paper["orientation"] == Orientation.LANDSCAPE
    section.orientation = WD_ORIENT.LANDSCAPE if is_flipped else WD_ORIENT.PORTRAIT
    sides = (Mm(297), Mm(210)) if is_flipped else (Mm(210), Mm(297))
    section.page_width, section.page_height = sides
    section.left_margin, section.right_margin = Mm(20), Mm(10)
    section.top_margin = section.bottom_margin = Mm(20)
    section.header_distance = section.footer_distance = Mm(10)
    section.different_first_page_header_footer = True


def _set_properties(document: Document, paper: Paper) -> None:
    requisites, properties = paper["requisites"], document.core_properties
    properties.title = heading_of(paper)[:_LONGEST]
    properties.author = clean(requisites["organization"] or "")[:_LONGEST]
    properties.comments = properties.last_modified_by = ""
    properties.language = LANGUAGE
    properties.created = properties.modified = datetime.fromisoformat(requisites["as_of"])
