// The networks that a page offers to this browser: each is loaded once; one of them may be broken on purpose.

import { broken } from "./break_network.js";
import { running, weightsIn } from "./run_network.js";

// The last networks stay, for a choice that is taken back.
const KEPT = 8;
const loading = new Map();

const fetched = async ({ url, layers }) => {
  const answer = await fetch(new URL(url, document.baseURI));
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
  const weights = weightsIn(await answer.arrayBuffer());
  return { url, layers, weights, read: running(layers, weights) };
};

export const load = (offer) => {
  const { url } = offer;
  if (!loading.has(url)) {
    const coming = fetched(offer);
    coming.catch(() => loading.delete(url));
    loading.set(url, coming);
    if (loading.size > KEPT) loading.delete(loading.keys().next().value);
  }
  return loading.get(url);
};

let breakage = null;

// Breaks this network, and no other; without one, all are whole.
export const breakOnly = (network, how) => {
  breakage = network && { url: network.url, read: running(network.layers, broken(network.layers, network.weights, how)) };
};

export const isOneBroken = () => breakage !== null;

// Its probabilities of this image, as it is now.
export const answerOf = ({ url, read }, image) => [...(breakage?.url === url ? breakage.read : read)(image)];
