"""reading_right.py SMB_CONF ACCOUNT_DN OBJECT_DN deny|allow: takes an account's right to read an object and all below it, or gives it back.

Once denied, the account neither sees what lies below nor reads an attribute of it: what happens when an administrator tidies up an OU's rights.
"""
import sys

import ldb
from samba.auth import system_session
from samba.dcerpc import security
from samba.ndr import ndr_pack, ndr_unpack
from samba.param import LoadParm
from samba.samdb import SamDB

conf, account, dn, verdict = sys.argv[1:5]
lp = LoadParm()
lp.load(conf)
db = SamDB(url=lp.private_path("sam.ldb"), session_info=system_session(), lp=lp, flags=ldb.FLG_NOSYNC)
sid = ndr_unpack(security.dom_sid, db.search(base=account, scope=ldb.SCOPE_BASE, attrs=["objectSid"])[0]["objectSid"][0])
controls = ["sd_flags:1:4", "show_deleted:1"]  # CN=Deleted Objects may be the object
found = db.search(base=dn, scope=ldb.SCOPE_BASE, attrs=["nTSecurityDescriptor"], controls=controls)
domain = security.dom_sid(str(sid).rsplit("-", 1)[0])
sddl = ndr_unpack(security.descriptor, found[0]["nTSecurityDescriptor"][0]).as_sddl(domain)
denial = "(D;CI;RPLCLORC;;;%s)" % sid
ours = [ace for ace in (denial, "(D;CI;LCRPLORC;;;%s)" % sid) if ace in sddl]
if verdict == "deny":
    first = sddl.index("(")
    changed = sddl[:first] + denial + sddl[first:]  # refusals come first
else:
    changed = sddl.replace(ours[0], "")
change = ldb.Message(ldb.Dn(db, dn))
packed = ndr_pack(security.descriptor.from_sddl(changed, domain))
change["sd"] = ldb.MessageElement(packed, ldb.FLAG_MOD_REPLACE, "nTSecurityDescriptor")
db.modify(change, controls=controls)
