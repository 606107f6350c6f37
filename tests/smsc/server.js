// An SMS centre made with a library that nobody here wrote. It tells what it hears, one line of JSON each, and does as
// it is told in lines of JSON: {"throttle": 2} turns the next two parts away, {"receipts": "words"} chooses the form of
// its receipts: "words", "parameters" or "none".
'use strict';

const crypto = require('node:crypto');
const readline = require('node:readline');
const smpp = require('smpp');

const [port, systemId, password] = [Number(process.argv[2]), process.argv[3], process.argv[4]];
const orders = { throttle: 0, receipts: 'words' };
const unfinished = new Map();

const tell = (event, facts) => console.log(JSON.stringify({ event, ...facts }));

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  Object.assign(orders, JSON.parse(line));
  tell('ordered', orders);
});

/** Reports in the session that the part is on the phone. */
function report(session, part, id) {
  const receipt = { esm_class: 4, source_addr: part.destination_addr, destination_addr: part.source_addr };
  if (orders.receipts === 'words') {
    receipt.short_message =
      `id:${id} sub:001 dlvrd:001 submit date:2603012213 done date:2603012213 stat:DELIVRD err:000 text:`;
  } else {
    receipt.receipted_message_id = id;
    receipt.message_state = smpp.MESSAGE_STATE.DELIVERED;
  }
  session.deliver_sm(receipt, (answer) => tell('reported', { id, status: answer.command_status }));
}

/** Puts the parts of a text together as their headers say. */
function arrived(part) {
  const { message, udh } = part.short_message;
  const facts = { to: part.destination_addr, data_coding: part.data_coding, esm_class: part.esm_class };
  if (!udh) {
    return tell('text', { ...facts, text: message, parts: 1 });
  }
  const [, , reference, total, place] = udh[0];
  const key = `${part.destination_addr} ${reference}`;
  const pieces = unfinished.get(key) ?? [];
  pieces[place - 1] = message;
  unfinished.set(key, pieces);
  if (pieces.filter((piece) => piece !== undefined).length === total) {
    unfinished.delete(key);
    tell('text', { ...facts, text: pieces.join(''), parts: total });
  }
}

const server = smpp.createServer((session) => {
  session.on('error', () => {});
  session.on('bind_transceiver', (bind) => {
    const known = bind.system_id === systemId && bind.password === password;
    session.send(bind.response({ command_status: known ? smpp.ESME_ROK : smpp.ESME_RBINDFAIL }));
    tell('bind', { known, interface_version: bind.interface_version });
  });
  session.on('submit_sm', (part) => {
    if (orders.throttle > 0) {
      orders.throttle -= 1;
      session.send(part.response({ command_status: smpp.ESME_RTHROTTLED }));
      return tell('throttled', {});
    }
    const id = crypto.randomUUID();
    session.send(part.response({ message_id: id }));
    arrived(part);
    if (orders.receipts !== 'none' && part.registered_delivery === 1) {
      report(session, part, id);
    }
  });
  session.on('enquire_link', (enquiry) => session.send(enquiry.response()));
  session.on('unbind', (farewell) => {
    session.send(farewell.response());
    session.close();
    tell('unbind', {});
  });
});
server.listen(port, '127.0.0.1', () => tell('listening', { port: server.address().port }));
