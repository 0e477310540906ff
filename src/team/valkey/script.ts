/** The version of the layout below. */
export const schema = '2';

/** ms. What a team has stored is gone this long after its last commit. */
export const lifetimeMs = 8 * 24 * 3_600_000;

/** ms. A machine counts as one of the team for this long after it was last seen. */
const seenMs = 600_000;
/** Ids of commits whose replies may have been lost: a few of each process that has ended or lost its link. */
const maxIds = 20_000;
const maxDocuments = 20_000;
/** Bytes. Nothing is added to what is longer: everybody must be able to read it, however many add at once. */
const maxAddedTo = 131_072;
/** Deletions are known for this many revisions; who is further behind reads everything. */
const keptRevisions = 1_000;

/** The keys of a team. One hash tag: a cluster keeps them together. */
export function keysOf(team: string): readonly string[] {
	return ['head', 'doc', 'rev', 'seen', 'done'].map((name) => `kp:{${team}}:${name}`);
}

/** Tells of each commit. */
export function feedOf(team: string): string {
	return `kp:{${team}}:feed`;
}

/**
 * Everything that is done on the server, in one atomic script: a read, or a commit of what was read and written. Bodies and
 * events are opaque to it. A document is stored as `<revision> <body>`, and what was added since that body was written stands
 * below it, a line for each, as a log below a snapshot: `<revision before> <requests> <input> <event>`. The lines from a
 * revision on tell what was added since, and so how much of an escrow is taken.
 *
 * ARGV: schema, machine, a new name, channel, the store's name ('' if unknown), revision known, id of the commit ('' to read),
 * ids of commits whose replies have come, number of reads, then of each its name, its version ('*' for any, if there is one) and
 * how many requests and how much input may have been added since ('' and '' for nothing at all), then of each write three: its
 * name, '1' and a body, or its name, '0' (deleted) and '', or its name, '+' and the line to add, without its first word.
 */
export const script = `
local head, doc, order, seen, done = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') or ''
local h = redis.call('HMGET', head, 'store', 'run', 'rev', 'schema', 'since', 'forgotten')
if h[4] and h[4] ~= ARGV[1] then return {'schema', h[4]} end
local function text(n) return string.format('%.0f', n) end
local function renew()
  for i = 1, #KEYS do redis.call('PEXPIRE', KEYS[i], ${lifetimeMs}) end
end
redis.call('ZADD', seen, text(now), ARGV[2])
if not h[1] or h[2] ~= run then
  h = {ARGV[3], run, h[3] or '0', ARGV[1], text(now), h[6] or '0'}
  redis.call('HSET', head, 'store', h[1], 'run', run, 'rev', h[3], 'schema', h[4], 'since', h[5], 'forgotten', h[6])
  renew()
end
redis.call('ZREMRANGEBYSCORE', seen, '-inf', text(now - ${seenMs}))
local rev = tonumber(h[3])
local reply = {'ok', h[1], h[3], text(now), redis.call('ZCARD', seen), h[5], 0}
local function add(name, value)
  reply[#reply + 1] = name
  reply[#reply + 1] = value or ''
end
local id = ARGV[7]
if id == '' then
  local since = tonumber(ARGV[6])
  if ARGV[5] ~= h[1] or since < tonumber(h[6]) then
    reply[7] = 1
    local all = redis.call('HGETALL', doc)
    for i = 1, #all, 2 do add(all[i], all[i + 1]) end
  else
    local names = redis.call('ZRANGEBYSCORE', order, '(' .. ARGV[6], '+inf')
    for i = 1, #names do add(names[i], redis.call('HGET', doc, names[i])) end
  end
  return reply
end
for heard in string.gmatch(ARGV[8], '%S+') do redis.call('ZREM', done, heard) end
local known = redis.call('ZSCORE', done, id)
if known then
  reply[3] = known
  for i = 10 + 4 * ARGV[9], #ARGV, 3 do
    if ARGV[i + 1] == '+' then add(ARGV[i], redis.call('HGET', doc, ARGV[i])) end
  end
  return reply
end
if ARGV[5] ~= h[1] then
  reply[1] = 'other'
  return reply
end
local function version(value) return value and string.match(value, '^%d+') or '0' end
local function isFit(value, known, requests, input)
  if (known == '*' or requests ~= '') and value and #value > ${maxAddedTo} then return false end
  if known == '*' then return value end
  if version(value) == known or not value or requests == '' then return version(value) == known end
  local from = string.find(value, '\\n' .. known .. ' ', 1, true)
  if not from then return false end
  requests, input = tonumber(requests), tonumber(input)
  for r, i in string.gmatch(string.sub(value, from), '\\n%d+ (%d+) (%d+) ') do
    requests = requests - tonumber(r)
    input = input - tonumber(i)
  end
  return requests >= 0 and input >= 0
end
local at = 10
for _ = 1, tonumber(ARGV[9]) do
  local value = redis.call('HGET', doc, ARGV[at])
  if not isFit(value, ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]) then
    reply[1] = 'conflict'
    add(ARGV[at], value)
  end
  at = at + 4
end
if reply[1] == 'conflict' or at > #ARGV then return reply end
if redis.call('HLEN', doc) > ${maxDocuments} then return {'full'} end
rev = rev + 1
local name = text(rev)
while at < #ARGV do
  local way, given = ARGV[at + 1], ARGV[at + 2]
  if way == '0' then redis.call('HDEL', doc, ARGV[at])
  elseif way == '1' then redis.call('HSET', doc, ARGV[at], name .. ' ' .. given)
  else
    local before, body = string.match(redis.call('HGET', doc, ARGV[at]), '^(%d+)(.*)$')
    local value = name .. body .. '\\n' .. before .. ' ' .. given
    redis.call('HSET', doc, ARGV[at], value)
    add(ARGV[at], value)
  end
  redis.call('ZADD', order, name, ARGV[at])
  at = at + 3
end
redis.call('HSET', head, 'rev', name)
redis.call('ZADD', done, name, id)
redis.call('ZREMRANGEBYRANK', done, 0, ${-maxIds - 1})
if rev % ${keptRevisions} == 0 then
  local old = redis.call('ZRANGEBYSCORE', order, 0, text(rev - ${keptRevisions}))
  for i = 1, #old do
    if redis.call('HEXISTS', doc, old[i]) == 0 then redis.call('ZREM', order, old[i]) end
  end
  redis.call('HSET', head, 'forgotten', text(rev - ${keptRevisions}))
end
renew()
redis.call('PUBLISH', ARGV[4], name)
reply[3] = name
return reply
`;
