"""Room for sockets: every link and every half-open connection costs this process one file descriptor."""

import resource

WANTED = 16_384


def raise_file_limit(wanted: int = WANTED) -> int:
    """Raise this process's soft limit of open files towards ``wanted``; returns what it is now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return wanted
    goal = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if goal > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (goal, hard))
        return goal
    return soft
