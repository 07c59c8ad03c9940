-- The first industries and their sectors; the core adds more.
with industry (slug, name, sectors) as (
    values
    ('printing', 'Printing and signage', array['Business cards', 'Banners and signs', 'Promotional print', 'Packaging']),
    ('finance', 'Finance and insurance', array['Tax advice', 'Accounting', 'Financial planning', 'Insurance']),
    ('home', 'Home and furniture', array['Mattresses', 'Bedding', 'Furniture', 'Home decor']),
    ('fashion', 'Fashion and lifestyle', array['Clothing', 'Accessories', 'Footwear', 'Beauty']),
    ('non_profit', 'Non-profit and fair trade', array['Fair trade goods', 'Advocacy', 'Education', 'Fundraising']),
    ('technology', 'Technology and SaaS', array['VPN and privacy', 'Software', 'Hosting', 'Cybersecurity']),
    ('health', 'Health and medical', array['Clinics', 'Supplements', 'Fitness', 'Mental health']),
    ('real_estate', 'Real estate', array['Residential', 'Commercial', 'Property management']),
    ('food', 'Food and hospitality', array['Restaurants', 'Catering', 'Groceries', 'Hotels']),
    ('legal', 'Legal services', array['Family law', 'Corporate law', 'Immigration'])
), added as (
    insert into igny8_industries (slug, name) select slug, name from industry returning id, slug
)
insert into igny8_industry_sectors (industry_id, slug, name)
select added.id, trim(both '_' from regexp_replace(lower(sector), '[^a-z0-9]+', '_', 'g')), sector
from added join industry using (slug), unnest(industry.sectors) sector;

insert into igny8_seed_keywords (industry_id, industry_sector_id, keyword, country, intent, volume, difficulty)
select sector.industry_id, sector.id, lower(sector.name) || suffix.words, 'US', suffix.intent, suffix.volume, suffix.difficulty
from igny8_industry_sectors sector,
    (values ('', 'informational', 2400, 42), (' online', 'transactional', 880, 35), (' near me', 'local', 1300, 30),
        (' guide', 'informational', 590, 22), (' cost', 'commercial', 720, 28), (' for small business', 'commercial', 320, 18)
    ) suffix (words, intent, volume, difficulty);
