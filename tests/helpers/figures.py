"""What tests of faults and of endurance have counted, for a line at the end, whichever processes ran them."""


class Tally:
    """What became of faults, for the line at the end."""

    def __init__(self):
        self.injected = self.recovered = self.lost = self.twice = self.partial = 0

    def strike(self):
        self.injected += 1

    def compare(self, before, after):
        """Count the paintings that were finished before a fault and are gone, or were painted again."""
        self.lost += len(before.keys() - after.keys())
        self.twice += sum(1 for key in before.keys() & after.keys() if before[key] != after[key])

    def __str__(self):
        return (
            f"{self.injected} injected, {self.recovered} recovered by one command, {self.lost} pictures lost, "
            f"{self.twice} painted twice, {self.partial} partial files"
        )


def sum_up(tallies):
    """Return the sum of tallies, each as its numbers."""
    total = Tally()
    for tally in tallies:
        for name, count in tally.items():
            setattr(total, name, getattr(total, name) + count)
    return total


def pytest_terminal_summary(terminalreporter):
    """Print the figures of all tests of faults, and of endurance, whichever process ran them."""
    # The reports of what came after each test, which has all that was counted: pytest keeps them under no name.
    reports = [report for report in terminalreporter.stats.get("", []) if report.when == "teardown"]
    told = [value for report in reports for name, value in report.user_properties if name == "faults"]
    if told:
        terminalreporter.write_line(f"faults: {sum_up(told)}")
    for report in reports:
        for name, value in report.user_properties:
            if name == "soak":
                terminalreporter.write_line(f"soak: {value}")
