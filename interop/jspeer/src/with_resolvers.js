// Node 20 does not have Promise.withResolvers, which js-libp2p calls.
Promise.withResolvers ??= function withResolvers () {
  let resolve, reject
  const promise = new Promise((...both) => { [resolve, reject] = both })
  return { promise, resolve, reject }
}
