#!/bin/sh
# Creates the files that docker-compose.yml mounts from deploy/secrets, for local use: the key pair for request signing and
# an API token. Prints the token; the file holds its hash only. Keeps existing files. Only their owner may read them, as whom
# the containers run: user 1000, or COORDINATOR_USER.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
cd secrets

if [ ! -f upvest.key ]; then
  openssl ecparam -name secp521r1 -genkey -noout -out upvest.key
  openssl ec -in upvest.key -pubout -out upvest.pub 2> /dev/null
fi

if [ ! -f api-tokens.json ]; then
  token=$(openssl rand -base64 24 | tr '+/' '-_')
  hash=$(printf %s "$token" | openssl dgst -sha256 -r | cut -d' ' -f1)
  printf '[{ "name": "local", "role": "submit", "sha256": "%s" }]\n' "$hash" > api-tokens.json
  echo "API token: $token"
fi

# Also of files that an earlier version made readable for everybody.
chmod 600 upvest.key api-tokens.json
user=$(id -u)
if [ "$user" = 0 ]; then
  chown -R 1000:1000 .
elif [ "$user" != 1000 ]; then
  echo "Set COORDINATOR_USER=$user:$(id -g) in .env: as this user the containers can read deploy/secrets." >&2
fi
