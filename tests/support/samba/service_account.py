"""service_account.py SMB_CONF NAME sees-deleted|sees-no-deleted < PASSWORD: makes an account and prints its DN.

`sees-deleted` lets it list and read CN=Deleted Objects, what `dsacls "CN=Deleted Objects,DC=..." /G DOM\\name:LCRP` does
on Windows.
"""
import re
import sys

import ldb
from samba.auth import system_session
from samba.dcerpc import security
from samba.ndr import ndr_pack, ndr_unpack
from samba.param import LoadParm
from samba.samdb import SamDB

conf, name, sight = sys.argv[1:4]
lp = LoadParm()
lp.load(conf)
db = SamDB(url=lp.private_path("sam.ldb"), session_info=system_session(), lp=lp, flags=ldb.FLG_NOSYNC)
db.newuser(name, sys.stdin.read())
account = db.search(base=db.domain_dn(), expression="(sAMAccountName=%s)" % ldb.binary_encode(name), attrs=["objectSid"])[0]


def let_see_deleted(sid):
    dn = "CN=Deleted Objects,%s" % db.domain_dn()
    found = db.search(base=dn, scope=ldb.SCOPE_BASE, attrs=["nTSecurityDescriptor"], controls=["show_deleted:1"])
    domain = security.dom_sid(str(sid).rsplit("-", 1)[0])
    sddl = ndr_unpack(security.descriptor, found[0]["nTSecurityDescriptor"][0]).as_sddl(domain)
    audit = re.search(r"S:[A-Z]*\(", sddl)
    end = audit.start() if audit else len(sddl)
    granted = "%s(A;CI;RPLC;;;%s)%s" % (sddl[:end], sid, sddl[end:])
    packed = ndr_pack(security.descriptor.from_sddl(granted, domain))
    change = ldb.Message(ldb.Dn(db, dn))
    change["sd"] = ldb.MessageElement(packed, ldb.FLAG_MOD_REPLACE, "nTSecurityDescriptor")
    db.modify(change, controls=["show_deleted:1", "sd_flags:1:4"])


if sight == "sees-deleted":
    let_see_deleted(ndr_unpack(security.dom_sid, account["objectSid"][0]))
print(account.dn)
