#!/bin/sh
# Starts the demo's domain controller. At the first start the domain gets what no image may hold: a certificate authority, and the
# password of the connector's account. What the others need of it goes to /run/demo.
set -eu
tls=/srv/domain/private/tls

if [ ! -e "$tls/cert.pem" ]; then
  umask 077
  mkdir -p "$tls"
  key='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
  # shellcheck disable=SC2086 # these are several arguments
  openssl req -x509 $key -keyout "$tls/ca.key" -out "$tls/ca.pem" -days 3650 -subj '/CN=CA of the demo' \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
  # shellcheck disable=SC2086
  openssl req $key -keyout "$tls/key.pem" -out "$tls/dc.csr" -subj /CN=dc1.example.test 2>/dev/null
  printf 'subjectAltName=DNS:dc1.example.test,DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n' >"$tls/extensions"
  openssl x509 -req -in "$tls/dc.csr" -CA "$tls/ca.pem" -CAkey "$tls/ca.key" -CAcreateserial -days 3650 \
    -extfile "$tls/extensions" -out "$tls/cert.new" 2>/dev/null
  tr -d '\n' </run/secrets/ldap-bind-password | /usr/bin/python3 /srv/seed/set_password.py /srv/smb.conf svc-lastpass
  mv "$tls/cert.new" "$tls/cert.pem" # last, so that a start that was cut short begins again
fi
umask 022
cp "$tls/ca.pem" /srv/seed/tenant.json /run/demo/
chmod 644 /run/demo/ca.pem
exec samba -s /srv/smb.conf --foreground --no-process-group --debug-stdout --model=prefork
