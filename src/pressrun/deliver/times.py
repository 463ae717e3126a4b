"""When an issue may go out: quiet hours, the gap between issues, the provider's own grid."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pressrun.deliver.steps import History
from pressrun.publication import Email

# Nearer than this a later run sends it itself: providers want some notice.
NOTICE = timedelta(minutes=10)


def loud(moment: datetime, email: Email, zone: ZoneInfo) -> datetime:
    """Return ``moment``, or where it lies in the quiet hours the end of these, in ``zone``."""
    here = moment.astimezone(zone)
    if not email.quiet_hours:
        return here
    begin, end = (time.fromisoformat(part) for part in email.quiet_hours.split("-"))
    clock = here.time()
    over_midnight = begin > end
    quiet = clock >= begin or clock < end if over_midnight else begin <= clock < end
    if not quiet:
        return here
    day = here.date() + timedelta(days=over_midnight and clock >= begin)
    return datetime.combine(day, end, zone)


def on_grid(moment: datetime, step: timedelta) -> datetime:
    """Return the next time, or ``moment`` itself, that lies on a provider's grid."""
    beyond = (moment.astimezone(UTC) - datetime.fromtimestamp(0, UTC)) % step
    return moment + (step - beyond) if beyond else moment


def too_near(
    moment: datetime, gap: timedelta, newsletter: str, others: Iterable[History]
) -> datetime | None:
    """Return when another issue of the newsletter went, or goes, less than ``gap`` away."""
    times = (other.due or other.sent_at for other in others if other.newsletter == newsletter)
    near = [time for time in times if time and abs(moment - time) < gap]
    return max(near, default=None)
