"""What people are told of the disk that holds the data, before they try to write to it."""

from __future__ import annotations

import shutil

from pipelines.durable import is_writable
from pipelines.home import Home

READ_ONLY = "存放数据的磁盘现在是只读的：可以照常查看，暂时不能上报、审核和导出。请维护人员检查磁盘（df -h、mount）和文件夹的权限。"
NEARLY_FULL = "存放数据的磁盘快满了，只剩 {} MB：可以照常查看，上报和审核可能写不进去。请维护人员清理磁盘。"
LEAST_MEGABYTES = 100


def disk_warning(home: Home) -> str:
    """One sentence on a disk that takes nothing, or soon will not; empty when all is well."""
    if not home.path.exists():
        return ""
    if not is_writable(home.path):
        return READ_ONLY
    free = shutil.disk_usage(home.path).free // 1_000_000
    return NEARLY_FULL.format(free) if free < LEAST_MEGABYTES else ""
