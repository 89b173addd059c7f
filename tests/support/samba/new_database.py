"""new_database.py SMB_CONF: gives a domain controller's database an invocationId of its own.

That is what a domain controller does that was promoted, or restored from a backup as it should be (MS-ADTS 3.1.1.1.9).
"""
import sys
import uuid

import ldb
from samba.auth import system_session
from samba.dcerpc import misc
from samba.ndr import ndr_pack
from samba.param import LoadParm
from samba.samdb import SamDB

lp = LoadParm()
lp.load(sys.argv[1])
db = SamDB(url=lp.private_path("sam.ldb"), session_info=system_session(), lp=lp, flags=ldb.FLG_NOSYNC)
change = ldb.Message(ldb.Dn(db, db.get_dsServiceName()))
identity = ndr_pack(misc.GUID(str(uuid.uuid4())))
change["invocationId"] = ldb.MessageElement(identity, ldb.FLAG_MOD_REPLACE, "invocationId")
db.modify(change)
