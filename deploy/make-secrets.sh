#!/bin/sh
# Creates the files that docker-compose.yml mounts from deploy/secrets, for local use: the key pair for request signing and
# an API token. Prints the token; the file holds its hash only. Keeps existing files.
set -eu
cd "$(dirname "$0")"
mkdir -p secrets
cd secrets

if [ ! -f upvest.key ]; then
  openssl ecparam -name secp521r1 -genkey -noout -out upvest.key
  openssl ec -in upvest.key -pubout -out upvest.pub 2> /dev/null
  # The containers run as another user.
  chmod 644 upvest.key upvest.pub
fi

if [ ! -f api-tokens.json ]; then
  token=$(openssl rand -base64 24 | tr '+/' '-_')
  hash=$(printf %s "$token" | openssl dgst -sha256 -r | cut -d' ' -f1)
  printf '[{ "name": "local", "role": "submit", "sha256": "%s" }]\n' "$hash" > api-tokens.json
  chmod 644 api-tokens.json
  echo "API token: $token"
fi
