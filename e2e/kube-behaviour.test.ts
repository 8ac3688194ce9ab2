import { startKubeletServer, type KubeletServer } from '../sim/kubelet/server.ts';
import { describeKubeBehaviour } from '../test/kube/behaviour.ts';
import { startControlPlane } from './controlplane/start.ts';

/** The suite that the simulated API passes in test/kube, on the API it imitates. */
describeKubeBehaviour('real', async () => {
  const controlPlane = await startControlPlane();
  let kubelet: KubeletServer | undefined;
  return {
    kubeconfigPath: controlPlane.kubeconfigPath,
    serveLogs: async (backend) => {
      kubelet = await startKubeletServer(backend, { host: controlPlane.nodeAddress });
      return { address: controlPlane.nodeAddress, port: kubelet.port };
    },
    // The watch cache begins later than etcd's first revision.
    expiredResourceVersion: () => Promise.resolve('1'),
    restart: () => controlPlane.restartApiServer(),
    stop: async () => {
      await kubelet?.stop();
      await controlPlane.stop();
    },
  };
});
