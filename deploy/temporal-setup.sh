#!/bin/sh
# Makes a namespace fit for the workflows: 30 days of retention, and the search attributes. Needs the temporal CLI and
# TEMPORAL_ADDRESS; may run again at any time. A test keeps it in step with src/temporal/search-attributes.ts.
set -eu
namespace=${TEMPORAL_NAMESPACE:-default}
retention=30d

if temporal operator namespace describe --namespace "$namespace" > /dev/null 2>&1; then
  echo "Namespace $namespace exists; setting its retention to $retention"
  temporal operator namespace update --namespace "$namespace" --retention "$retention"
else
  temporal operator namespace create --namespace "$namespace" --retention "$retention"
fi

# The server answers "already exists" without an error, and keeps an old type silently: the processes compare types at start.
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
attribute SettlementDue Datetime
