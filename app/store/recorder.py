class Recorder:
    def record(self, actor, act):
        pass
