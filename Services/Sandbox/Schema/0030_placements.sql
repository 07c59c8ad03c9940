-- Links that publishers were paid for: when each page appears, what is wrong with it, and when it vanishes. All of it is
-- settled when the link is ordered, and follows from a seed and the link's name; a page is what it is at the clock's moment.
create table sandbox.placements (
    id bigint generated always as identity primary key,
    reference text not null unique,
    host text not null,
    target_url text not null,
    anchor_text text not null,
    fate text not null check (fate in ('good', 'nofollow', 'noindex', 'late', 'missing', 'vanishing', 'gone')),
    appears_at timestamptz not null,
    vanishes_at timestamptz
);
