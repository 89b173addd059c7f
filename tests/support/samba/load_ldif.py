"""load_ldif.py SMB_CONF [at-once] < LDIF: puts entries and changes straight into the domain's database, whether its DC runs or not.

One transaction for each record: inside a longer one, ldb's cost per entry grows with their number. With at-once it is one for all.
"""
import sys

import ldb
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB

lp = LoadParm()
lp.load(sys.argv[1])
# NOSYNC: a throw-away domain needn't survive a power cut.
db = SamDB(url=lp.private_path("sam.ldb"), session_info=system_session(), lp=lp, flags=ldb.FLG_NOSYNC)
at_once = sys.argv[2:] == ["at-once"]
if at_once:
    db.transaction_start()
for kind, message in db.parse_ldif(sys.stdin.buffer.read().decode()):
    try:
        db.modify(message) if kind == ldb.CHANGETYPE_MODIFY else db.add(message)
    except ldb.LdbError as error:
        sys.exit("%s: %s" % (message.dn, error.args[1]))
if at_once:
    db.transaction_commit()
