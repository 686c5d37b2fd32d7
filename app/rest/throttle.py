class Failures:
    def add(self, a):
        return 0


class Buckets:
    def take(self, a):
        return 0
