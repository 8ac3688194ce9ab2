#!/bin/sh
# Prints the path of the control plane program (etcd, kube-apiserver, kube-controller-manager
# and kubectl in one). It is built only when none is cached for these very sources: the first
# build takes about eight minutes on two cores, every later call milliseconds.
set -eu

here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)

sha256() {
  if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi
}

key=$(cat "$here/go.mod" "$here/go.sum" "$here/main.go" | sha256 | cut -c1-16)
directory=${XDG_CACHE_HOME:-$HOME/.cache}/ptp-health-operator/controlplane/$key
program=$directory/controlplane

if [ ! -x "$program" ]; then
  if ! command -v go >/dev/null; then
    echo "The end-to-end tests build a real Kubernetes API server and need Go >= 1.26 on the PATH." >&2
    echo "Without Go, set KUBEBUILDER_ASSETS to a folder with kube-apiserver and etcd, or CLUSTER=kind." >&2
    exit 1
  fi
  version=$(sed -n 's|^[[:space:]]*k8s.io/kubernetes \(v[0-9.]*\)$|\1|p' "$here/go.mod" | head -n 1)
  echo "building the Kubernetes $version control plane (once, about eight minutes)" >&2
  mkdir -p "$directory"
  # Under a name of its own first: a build that was interrupted must not look finished.
  partial=$directory/controlplane.$$
  trap 'rm -f "$partial"' EXIT
  (cd "$here" && go build -trimpath \
    -ldflags "-s -w -X k8s.io/component-base/version.gitVersion=$version" -o "$partial" .) >&2
  mv "$partial" "$program"
fi
echo "$program"
