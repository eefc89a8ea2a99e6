'use strict';

// n8n itself reads the `n8n` block of package.json; this entry point is for everyone else.
const { FreshBooksOAuth2Api } = require('./dist/credentials/FreshBooksOAuth2Api.credentials');
const { FreshBooksScimApi } = require('./dist/credentials/FreshBooksScimApi.credentials');
const { FreshBooks } = require('./dist/nodes/FreshBooks/FreshBooks.node');
const { FreshBooksScimTrigger } = require('./dist/nodes/FreshBooksScimTrigger/FreshBooksScimTrigger.node');
const { FreshBooksTrigger } = require('./dist/nodes/FreshBooksTrigger/FreshBooksTrigger.node');

module.exports = { FreshBooks, FreshBooksOAuth2Api, FreshBooksScimApi, FreshBooksScimTrigger, FreshBooksTrigger };
