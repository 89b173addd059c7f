"""set_password.py SMB_CONF NAME < PASSWORD: sets an account's password, while no domain controller runs on the database."""
import sys

from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB

conf, name = sys.argv[1:]
lp = LoadParm()
lp.load(conf)
db = SamDB(url=lp.private_path("sam.ldb"), session_info=system_session(), lp=lp)
db.setpassword("(sAMAccountName=%s)" % name, sys.stdin.read())
