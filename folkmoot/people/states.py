"""The states of an appointment. docs/reference shows the table as a diagram."""

APPOINTMENT: dict[tuple[str, str], str] = {
    ("proposed", "confirm"): "confirmed",
    ("proposed", "refuse"): "refused",
}
