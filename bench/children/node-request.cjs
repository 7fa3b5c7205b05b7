// What Node.js itself takes for one request of a client that can sign and speak TLS: the floor of every start.
const { createHmac } = require('node:crypto');
const http = require('node:http');
const https = require('node:https');

const signature = createHmac('sha1', process.env.BENCH_ACCESS_KEY_SECRET).update('').digest('hex');
const endpoint = new URL(process.env.KEYTURN_KMS_ENDPOINT);
const { request } = endpoint.protocol === 'https:' ? https : http;
request(endpoint, { method: 'POST' })
  .on('error', () => undefined)
  .end(`Signature=${signature}`);
