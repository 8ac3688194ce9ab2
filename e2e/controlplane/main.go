// Command controlplane is a real Kubernetes control plane in one binary for the
// end-to-end tests: etcd, kube-apiserver, kube-controller-manager or kubectl,
// chosen by the first argument. What follows goes to the chosen program unchanged.
//
//	controlplane etcd DATA_DIR CLIENT_URL PEER_URL
//	controlplane kube-apiserver --etcd-servers=…
//	controlplane kube-controller-manager --kubeconfig=…
//	controlplane kubectl get nodes
package main

import (
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"syscall"

	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/component-base/cli"
	"k8s.io/kubectl/pkg/cmd"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
)

func main() {
	if len(os.Args) < 2 {
		fail("usage: controlplane etcd|kube-apiserver|kube-controller-manager|kubectl …")
	}
	program := os.Args[1]
	os.Args = append([]string{program}, os.Args[2:]...)
	switch program {
	case "etcd":
		runEtcd(os.Args[1:])
	case "kube-apiserver":
		os.Exit(cli.Run(apiserver.NewAPIServerCommand()))
	case "kube-controller-manager":
		os.Exit(cli.Run(controllermanager.NewControllerManagerCommand()))
	case "kubectl":
		os.Exit(cli.Run(cmd.NewDefaultKubectlCommand()))
	default:
		fail("unknown program " + program)
	}
}

// runEtcd keeps etcd apart from the API server, so that a test can restart the
// API server and find its data again.
func runEtcd(args []string) {
	if len(args) != 3 {
		fail("usage: controlplane etcd DATA_DIR CLIENT_URL PEER_URL")
	}
	clientURL, err := url.Parse(args[1])
	check(err)
	peerURL, err := url.Parse(args[2])
	check(err)

	config := embed.NewConfig()
	config.Dir = args[0]
	config.LogLevel = "error"
	// Test data is thrown away: waiting for the disk would only slow the tests.
	config.UnsafeNoFsync = true
	config.ListenClientUrls = []url.URL{*clientURL}
	config.AdvertiseClientUrls = []url.URL{*clientURL}
	config.ListenPeerUrls = []url.URL{*peerURL}
	config.AdvertisePeerUrls = []url.URL{*peerURL}
	config.InitialCluster = config.InitialClusterFromName(config.Name)

	etcd, err := embed.StartEtcd(config)
	check(err)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	select {
	case <-stop:
		etcd.Close()
	case err := <-etcd.Err():
		check(err)
	}
}

func check(err error) {
	if err != nil {
		fail(err.Error())
	}
}

func fail(message string) {
	fmt.Fprintln(os.Stderr, message)
	os.Exit(1)
}
