"""give_right.py SMB_CONF ACCOUNT OBJECT_DN [RIGHT [below]]: does what `dsacls OBJECT_DN /G ACCOUNT:RIGHT` does on Windows; without RIGHT, `/R ACCOUNT`.

ACCOUNT is DOMAIN\\name. RIGHT is what dsacls takes: letters for rights to the object, "CA;<name of a control access right>", or
"<letters>;<attribute>[;<class>]" for rights to one attribute, of objects of one class. With below it is `/I:S`: for what lies below the object only.
"""
import re
import sys

import ldb
from samba.auth import system_session
from samba.dcerpc import misc, security
from samba.ndr import ndr_pack, ndr_unpack
from samba.param import LoadParm
from samba.samdb import SamDB

# By the names that Windows shows (MS-ADTS 5.1.3.2.1); Samba's schema has others.
control_rights = {"Replicating Directory Changes": "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2"}

conf, account, dn = sys.argv[1:4]
right = sys.argv[4] if len(sys.argv) > 4 else None
flags = "CIIO" if sys.argv[5:] == ["below"] else ""
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

def schema_guid(name):
    """schemaIDGUID of the attribute or class of this name."""
    named = "(lDAPDisplayName=%s)" % ldb.binary_encode(name)
    entries = db.search(base=db.get_schema_basedn(), expression=named, attrs=["schemaIDGUID"])
    if len(entries) != 1:
        sys.exit("No GUID Found for %s" % name)
    return str(ndr_unpack(misc.GUID, entries[0]["schemaIDGUID"][0]))


letters, named, class_name = ((right or "") + ";;").split(";")[:3]
if right is None:
    ace = ""
elif named:
    of_class = schema_guid(class_name) if class_name else ""
    what = control_rights.get(named) or schema_guid(named)
    ace = "(OA;%s;%s;%s;%s;%s)" % (flags, letters.replace("CA", "CR"), what, of_class, sid)
else:
    ace = "(A;%s;%s;;;%s)" % (flags, letters, sid)  # LC and RP are called the same in SDDL

controls = ["show_deleted:1", "sd_flags:1:4"]
entry = db.search(base=dn, scope=ldb.SCOPE_BASE, attrs=["nTSecurityDescriptor"], controls=controls)
domain = security.dom_sid(str(sid).rsplit("-", 1)[0])
sddl = ndr_unpack(security.descriptor, entry[0]["nTSecurityDescriptor"][0]).as_sddl(domain)
if right is None:
    sddl = re.sub(r"\([^()]*;%s\)" % sid, "", sddl)  # every entry of theirs; dacl_del forgets one of two neighbours
given = security.descriptor.from_sddl(sddl + ace, domain)
change = ldb.Message(ldb.Dn(db, dn))
packed = ndr_pack(given)
change["sd"] = ldb.MessageElement(packed, ldb.FLAG_MOD_REPLACE, "nTSecurityDescriptor")
db.modify(change, controls=controls)
