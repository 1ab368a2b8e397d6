"""The one function of python-prctl that tini's subreaper-proxy.py calls.

The real package has to be compiled against libcap's headers; this needs nothing.
"""

import ctypes
import os

PR_SET_CHILD_SUBREAPER = 36


def set_child_subreaper(enable):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_CHILD_SUBREAPER, int(enable), 0, 0, 0) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
