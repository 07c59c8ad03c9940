create table sandbox.wordpress_sites (
    host text primary key,
    plugin_connected_at timestamptz
);

create table sandbox.wordpress_posts (
    id bigint generated always as identity primary key,
    host text not null,
    slug text not null,
    type text not null default 'post',
    status text not null,
    title text not null,
    content text not null,
    excerpt text not null,
    published_at timestamptz not null,
    modified_at timestamptz not null,
    unique (host, slug)
);
