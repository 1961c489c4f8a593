create table if not exists note (name text primary key, value text not null);

-- phones and what is on their screens; without a number: one of a population, which has no screen
create table if not exists phone (
    id text primary key, name text not null, number text not null, openid text not null unique,
    following integer not null, since real, scene text not null, touched real not null);
create index if not exists phone_of_number on phone (number);
create index if not exists phone_at_hand on phone (id) where number != '';
create index if not exists phone_following on phone (following);
create table if not exists blocked (phone text primary key);
create table if not exists trait (
    openid text primary key, broken integer not null default 0, snapshot integer not null default 0,
    blacklisted integer not null default 0, remark text not null default '');
create index if not exists trait_blacklisted on trait (blacklisted);
create table if not exists line (
    n integer primary key autoincrement, phone text not null, sender text not null, type text not null,
    at real not null, via text not null, body text not null);
create index if not exists line_of_phone on line (phone, n);
create table if not exists credit (
    openid text not null, bucket text not null, credits integer not null, until real not null,
    primary key (openid, bucket));

-- the account's own things
create table if not exists token (
    value text primary key, family text not null, issued real not null, expires real not null, dies real);
create table if not exists media (
    id text primary key, type text not null, created real not null, filename text not null, mime text not null);
create table if not exists material (
    id text primary key references media, title text not null, introduction text not null, updated real not null);
create table if not exists qr (
    ticket text primary key, code text not null unique, scene text not null, numeric integer not null, expires real);
create index if not exists qr_of_scene on qr (scene);
create table if not exists conditional_menu (
    id integer primary key autoincrement, menu text not null, rule text not null);
create table if not exists tag (id integer primary key autoincrement, name text not null unique);
create table if not exists tagged (tag integer not null, openid text not null, primary key (tag, openid));
create index if not exists tag_of_openid on tagged (openid);
create table if not exists kf (account text primary key, id integer not null, nick text not null, picture text not null);

-- notices and mass messages
create table if not exists template (
    id text primary key, kind text not null, title text not null, content text not null, example text not null,
    created real not null);
create table if not exists consent (
    openid text not null, template text not null, credits integer not null, for_ever integer not null,
    primary key (openid, template));
create table if not exists client_id (
    openid text not null, id text not null, msg_id integer not null, until real not null, primary key (openid, id));
create index if not exists client_id_until on client_id (until);
create table if not exists mass (
    msg_id integer primary key, data_id integer, type text not null, shown text not null, body text not null, audience text not null,
    key text not null, asked real not null, refused real not null default 0, status text not null,
    reached integer not null default 0, total integer not null default 0, filtered integer not null default 0,
    sent integer not null default 0, failed integer not null default 0, finished real);
create index if not exists mass_of_key on mass (key, asked);
create index if not exists mass_of_status on mass (status);
create table if not exists mass_month (
    openid text not null, month text not null, times integer not null, primary key (openid, month));
create table if not exists result (
    n integer primary key autoincrement, due real not null, openid text not null, name text not null,
    created integer not null, fields text not null);
create index if not exists result_due on result (due);

-- web authorisation
create table if not exists oauth_code (
    code text primary key, openid text not null, scope text not null, snapshot integer not null,
    expires real not null, used integer not null default 0);
create table if not exists oauth_token (
    access text primary key, refresh text not null, openid text not null, scope text not null,
    expires real not null, refresh_expires real not null);
create index if not exists oauth_by_refresh on oauth_token (refresh);

-- counts and records
create table if not exists used (path text not null, period text not null, calls integer not null,
    primary key (path, period));
create table if not exists refusal (
    rid text primary key, at real not null, path text not null, query text not null, request text not null,
    answer text not null, address text not null, milliseconds integer not null);
create index if not exists refusal_at on refusal (at);

-- the two adapters
create table if not exists sms (
    n integer primary key autoincrement, at real not null, number text not null, text text not null, key text unique);
create table if not exists identity (number text primary key, result text not null);
