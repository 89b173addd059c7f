"""give_right.py SMB_CONF ACCOUNT OBJECT_DN [RIGHT]: does what `dsacls OBJECT_DN /G ACCOUNT:RIGHT` does on Windows; without RIGHT, `/R ACCOUNT`.

ACCOUNT is DOMAIN\\name. RIGHT is what dsacls takes: letters for rights to the object, or "CA;<name of a control access right>".
"""
import sys

import ldb
from samba.auth import system_session
from samba.dcerpc import security
from samba.ndr import ndr_pack, ndr_unpack
from samba.param import LoadParm
from samba.samdb import SamDB

# By the names that Windows shows (MS-ADTS 5.1.3.2.1); Samba's schema has others.
control_rights = {"Replicating Directory Changes": "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2"}

conf, account, dn = sys.argv[1:4]
right = sys.argv[4] if len(sys.argv) > 4 else None
lp = LoadParm()
lp.load(conf)
db = SamDB(url=lp.private_path("sam.ldb"), session_info=system_session(), lp=lp, flags=ldb.FLG_NOSYNC)
domain_name, name = account.split("\\")
if domain_name != lp.get("workgroup"):
    sys.exit("there is no domain %s" % domain_name)
found = db.search(base=db.domain_dn(), expression="(sAMAccountName=%s)" % ldb.binary_encode(name), attrs=["objectSid"])
if len(found) != 1:
    sys.exit("No Sid translation for %s" % account)
sid = ndr_unpack(security.dom_sid, found[0]["objectSid"][0])

letters, _, named = (right or "").partition(";")
if right is None:
    ace = ""
elif named:
    ace = "(OA;;%s;%s;;%s)" % (letters.replace("CA", "CR"), control_rights[named], sid)
else:
    ace = "(A;;%s;;;%s)" % (letters, sid)  # LC and RP are called the same in SDDL

controls = ["show_deleted:1", "sd_flags:1:4"]
entry = db.search(base=dn, scope=ldb.SCOPE_BASE, attrs=["nTSecurityDescriptor"], controls=controls)
domain = security.dom_sid(str(sid).rsplit("-", 1)[0])
sddl = ndr_unpack(security.descriptor, entry[0]["nTSecurityDescriptor"][0]).as_sddl(domain)
given = security.descriptor.from_sddl(sddl + ace, domain)
if right is None:
    given.dacl_del(sid)  # every entry of theirs
change = ldb.Message(ldb.Dn(db, dn))
packed = ndr_pack(given)
change["sd"] = ldb.MessageElement(packed, ldb.FLAG_MOD_REPLACE, "nTSecurityDescriptor")
db.modify(change, controls=controls)
