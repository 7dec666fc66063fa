"""What a process tree costs: processor time and proportional memory, read from /proc."""
import os

TICK = os.sysconf("SC_CLK_TCK")


def _stat(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return int(fields[1]), sum(int(fields[i]) for i in range(11, 15)) / TICK  # parent, own and reaped children's time


def tree(root):
    """The process and all its descendants."""
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                parents[int(name)] = _stat(name)[0]
            except (OSError, IndexError):
                pass
    found, grown = {root}, True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        found |= more
        grown = bool(more)
    return found


def processor_seconds(root):
    total = 0.0
    for pid in tree(root):
        try:
            total += _stat(pid)[1]
        except OSError:
            pass
    return total


def proportional_kib(root):
    """PSS of the tree in KiB, and how many processes it has."""
    total, processes = 0, tree(root)
    for pid in processes:
        try:
            with open(f"/proc/{pid}/smaps_rollup") as rollup:
                total += next(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
        except (OSError, StopIteration):
            pass
    return total, len(processes)


def count_messages(maildirs):
    count = 0
    for maildir in maildirs:
        for part in ("new", "cur"):
            try:
                count += sum(1 for entry in os.scandir(f"{maildir}/{part}") if not entry.name.startswith("."))
            except OSError:
                pass
    return count


def last_arrival(maildirs):
    """When the newest message got its name (inode change time)."""
    newest = 0.0
    for maildir in maildirs:
        for part in ("new", "cur"):
            try:
                for entry in os.scandir(f"{maildir}/{part}"):
                    if not entry.name.startswith("."):
                        newest = max(newest, entry.stat().st_ctime)
            except OSError:
                pass
    return newest
