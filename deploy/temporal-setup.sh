#!/bin/sh
# Sets up a namespace for the workflows: at least 30 days of retention, and the search attributes. Needs the temporal CLI
# and TEMPORAL_ADDRESS. Idempotent. A test keeps it in step with contracts/search-attributes.ts.
set -eu
namespace=${TEMPORAL_NAMESPACE:-default}
days=30

# A new server rejects calls for some seconds after it opens its port, and knows a new namespace only after some seconds.
eventually() {
  attempts=30
  until "$@"; do
    attempts=$((attempts - 1))
    [ "$attempts" -gt 0 ] || return 1
    sleep 2
  done
}

ensure_namespace() {
  temporal operator namespace describe --namespace "$namespace" > /dev/null 2>&1 ||
    temporal operator namespace create --namespace "$namespace" --retention "${days}d"
}
eventually ensure_namespace

# Never lowers the retention, which would delete closed workflows. 0 keeps them for ever.
seconds=$(temporal operator namespace describe --namespace "$namespace" --output json |
  sed -n 's/.*"workflowExecutionRetentionTtl": *"\([0-9]*\)s".*/\1/p')
if [ "${seconds:-0}" -gt 0 ] && [ "$seconds" -lt $((days * 86400)) ]; then
  temporal operator namespace update --namespace "$namespace" --retention "${days}d"
fi

list_attributes() {
  temporal operator search-attribute list --namespace "$namespace" > /dev/null
}
eventually list_attributes

# An existing attribute is no error; one with another type is, and the CLI reports it.
attribute() {
  temporal operator search-attribute create --namespace "$namespace" --name "$1" --type "$2"
}
attribute PortfolioOrderId Keyword
attribute OrderReference Keyword
attribute AccountId Keyword
attribute PortfolioOrderStatus Keyword
attribute PortfolioOrderType Keyword
attribute Attention KeywordList
attribute CashAmount Double
attribute PartnerTrouble KeywordList
attribute SettlementDue Datetime
echo "Namespace $namespace is ready."
