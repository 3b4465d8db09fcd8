#!/bin/sh
# Makes the lab's certificates anew; run in an empty directory, with OpenSSL 3. Nothing outside the lab knows them.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
touch index.txt
echo 01 > serial
cat > ca.cnf <<'END'
[req]
distinguished_name = nothing
[nothing]
[ca]
default_ca = lab
[lab]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
unique_subject = no
copy_extensions = none
[any]
commonName = supplied
organizationName = optional
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
END
new_key() { openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }
request() { openssl req -new -config ca.cnf -key "$1" -subj "$2" -out request.pem; }
# sign NAME FROM UNTIL NAMES
sign() {
    printf '[leaf]\nbasicConstraints = critical, CA:FALSE\nkeyUsage = critical, digitalSignature\nextendedKeyUsage = serverAuth\nsubjectAltName = %s\n' "$4" > leaf.cnf
    openssl ca -batch -notext -config ca.cnf -cert authority.pem -keyfile authority.key \
        -extfile leaf.cnf -extensions leaf -startdate "$2" -enddate "$3" -in request.pem -out "$1.pem" 2>/dev/null
}
new_key authority.key
new_key key.pem
request authority.key "/O=netdiag lab (invented)/CN=Lab Root CA"
openssl ca -batch -notext -selfsign -config ca.cnf -keyfile authority.key -extensions authority \
    -startdate 20000101000000Z -enddate 20991231000000Z -in request.pem -out authority.pem 2>/dev/null
request key.pem "/CN=models.lab.internal"
host='DNS:localhost, DNS:host.docker.internal, IP:127.0.0.1, IP:172.17.0.1, IP:172.18.0.1'
sign trusted 20000101000000Z 20991231000000Z "$host"
sign expired 20010101000000Z 20020101000000Z "$host"
sign later 20900101000000Z 20991231000000Z "$host"
sign other-name 20000101000000Z 20991231000000Z 'DNS:models.lab.internal, DNS:*.models.lab.internal'
printf '[leaf]\nsubjectAltName = %s\n' "$host" > leaf.cnf
request key.pem "/CN=my-gpu-box"
openssl ca -batch -notext -selfsign -config ca.cnf -keyfile key.pem -extfile leaf.cnf -extensions leaf \
    -startdate 20000101000000Z -enddate 20991231000000Z -in request.pem -out self-signed.pem 2>/dev/null
for name in authority trusted expired later other-name self-signed; do cp "$name.pem" "$here/"; done
{ echo "Invented for the lab of netdiag, published with it, and trusted by nobody."; cat key.pem; } > "$here/key.pem"
