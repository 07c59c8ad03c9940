-- The catalogue of spec 1 and 6. Later changes are made by staff, never by editing this file.
insert into igny8_plans (key, name, position, price, max_sites, max_users, monthly_credits, plan_features) values
('free', 'Free', 1, 0, 1, 1, 100, '{
    "sag_mode": "quick", "content_types": ["post"], "taxonomy_content": "false", "gsc_level": "none",
    "linker_level": "none", "backlinks_level": "none", "optimizer_level": "none", "schema_types": "1",
    "socializer_platforms": "0", "video_level": "none", "ahrefs_level": "none", "backlink_indexing": "false",
    "report_level": "none", "white_label": "false", "api_access": "none", "managed_services": "none"}'),
('starter', 'Starter', 2, 49, 3, 3, 1000, '{
    "sag_mode": "detailed", "content_types": ["post", "page"], "taxonomy_content": "false", "gsc_level": "basic",
    "linker_level": "audit", "backlinks_level": "none", "optimizer_level": "basic", "schema_types": "5",
    "socializer_platforms": "2", "video_level": "none", "ahrefs_level": "none", "backlink_indexing": "false",
    "report_level": "none", "white_label": "false", "api_access": "none", "managed_services": "none"}'),
('growth', 'Growth', 3, 149, 10, 10, 5000, '{
    "sag_mode": "full", "content_types": "all", "taxonomy_content": "true", "gsc_level": "full",
    "linker_level": "auto", "backlinks_level": "self_service", "optimizer_level": "full", "schema_types": "10",
    "socializer_platforms": "all", "video_level": "short", "ahrefs_level": "readonly", "backlink_indexing": "false",
    "report_level": "monthly", "white_label": "false", "api_access": "readonly", "managed_services": "lite"}'),
('scale', 'Scale', 4, 349, null, null, 25000, '{
    "sag_mode": "full", "content_types": "all", "taxonomy_content": "true", "gsc_level": "full",
    "linker_level": "full", "backlinks_level": "self_service_api", "optimizer_level": "batch",
    "schema_types": "all_retroactive", "socializer_platforms": "all_auto", "video_level": "all",
    "ahrefs_level": "full", "backlink_indexing": "true", "report_level": "weekly_custom", "white_label": "true",
    "api_access": "full", "managed_services": "lite_pro"}');

insert into igny8_managed_tiers (key, name, position, price, articles_per_month, plan_keys, includes_backlinks,
    includes_indexing, service_config, support) values
('lite', 'Managed Lite', 1, 100, 10, '{growth,scale}', false, false, '{
    "automation": {"schedule": "weekly", "articles_per_run": 3, "content_types": ["post", "cluster_hub"],
        "auto_publish": false, "review_required": true},
    "reporting": {"frequency": "monthly", "format": "pdf", "theme": "light", "white_label": false}}', 'e-mail, 48 h'),
('pro', 'Managed Pro', 2, 399, 30, '{scale}', true, true, '{
    "automation": {"schedule": "daily", "articles_per_run": 2,
        "content_types": ["post", "cluster_hub", "taxonomy_term"], "auto_publish": false, "review_required": true},
    "reporting": {"frequency": "weekly", "format": "pdf", "theme": "light", "white_label": false}}',
    'named account manager, 24 h');

insert into igny8_link_tiers (key, name, position, source, dr_min, dr_max, cost_min, cost_max, price_min, price_max) values
('basic_guest_post', 'Basic guest post', 1, 'fatgrid', 30, 50, 30, 80, 150, 300),
('standard_guest_post', 'Standard guest post', 2, 'fatgrid', 50, 70, 100, 300, 400, 800),
('premium_guest_post', 'Premium guest post', 3, 'fatgrid', 70, 100, 500, 2000, 1500, 5000),
('pr_basic', 'PR, 300+ outlets', 4, 'ein_presswire', null, null, 99, 499, 500, 1500),
('pr_premium', 'PR, Yahoo, Bloomberg, Fox', 5, 'prnews,linking_news', null, null, 500, 5000, 2000, 15000);

insert into igny8_backlink_packages (key, name, position, links_min, links_max, dr_min, dr_max, includes_pr, price_min,
    price_max, markets, plan_keys, is_staff_only) values
('starter', 'Starter', 1, 5, 8, 30, 50, false, 800, 1500, '{PK}', '{growth,scale}', false),
('growth', 'Growth', 2, 10, 15, 30, 70, false, 2000, 4000, '{GB,CA}', '{growth,scale}', false),
('authority', 'Authority', 3, 15, 25, 40, 100, true, 4000, 8000, '{US}', '{scale}', false),
('enterprise', 'Enterprise', 4, null, null, null, null, true, null, null, '{}', '{}', true),
('custom', 'Custom', 5, null, null, null, null, true, null, null, '{}', '{}', true);

insert into igny8_niches (key, name, position, multiplier_min, multiplier_max) values
('general', 'General', 1, 1, 1),
('tech_saas', 'Tech and SaaS', 2, 1.2, 1.5),
('health_medical', 'Health and medical', 3, 1.5, 2),
('finance_insurance', 'Finance and insurance', 4, 1.5, 2),
('crypto_casino', 'Crypto and casino', 5, 2, 3);

insert into igny8_unit_prices (key, name, unit, price, plan_keys) values
('indexing_boost', 'Indexing boost', 'url', 0.15, '{growth,scale}');

insert into igny8_credit_packages (key, name, credits, price, position) values
('credits_1000', '1,000 credits', 1000, 49, 1),
('credits_5000', '5,000 credits', 5000, 199, 2),
('credits_20000', '20,000 credits', 20000, 699, 3);

insert into igny8_credit_cost_configs (operation_type, credits, unit, description) values
('clustering', 10, 'operation', 'Keyword clustering'),
('idea_generation', 15, 'operation', 'Content ideas for a cluster'),
('content_generation', 1, '100 words', 'Writing'),
('image_generation', 5, 'image', 'Images'),
('optimization', 1, '200 words', 'Optimization');

insert into igny8_payment_method_configs (country, kind, name, position) values
('*', 'stripe', 'Card', 1), ('*', 'paypal', 'PayPal', 2), ('*', 'bank', 'Bank transfer', 3),
('PK', 'stripe', 'Card', 1), ('PK', 'bank', 'Bank transfer', 2), ('PK', 'wallet', 'Mobile wallet', 3),
('*', 'manual', 'By arrangement', 9);

insert into igny8_feature_flags (key, description) values
('managed_services_enabled', 'Managed Lite and Pro'),
('backlink_orders_enabled', 'Backlink orders'),
('white_label_reports', 'Reports under the account''s own brand');

insert into igny8_integration_providers (key, name, kind) values
('wordpress', 'WordPress', 'cms'), ('shopify', 'Shopify', 'cms'), ('stripe', 'Stripe', 'payment'),
('paypal', 'PayPal', 'payment'), ('smtp', 'Mail server', 'mail'), ('ahrefs', 'Ahrefs', 'seo'),
('fatgrid', 'FatGrid', 'marketplace'), ('ein_presswire', 'EIN Presswire', 'marketplace'),
('prnews', 'PRNews.io', 'marketplace'), ('linking_news', 'Linking News', 'marketplace'),
('speedyindex', 'SpeedyIndex', 'indexing'), ('omega', 'Omega Indexer', 'indexing'),
('colossus', 'Colossus', 'indexing'), ('linkcentaur', 'LinkCentaur', 'indexing'), ('indexnow', 'IndexNow', 'indexing');

insert into igny8_ledger_accounts (code, name, kind, position) values
('receivable', 'Accounts receivable', 'asset', 10),
('cash_stripe', 'Cash at Stripe', 'asset', 20),
('cash_paypal', 'Cash at PayPal', 'asset', 21),
('cash_bank', 'Cash at the bank', 'asset', 22),
('deferred_revenue', 'Deferred revenue', 'liability', 30),
('customer_credit', 'Customer credit', 'liability', 31),
('tax_payable', 'Tax payable', 'liability', 32),
('vendor_payable', 'Vendor payable', 'liability', 33),
('revenue_managed_lite', 'Revenue, Managed Lite', 'revenue', 40),
('revenue_managed_pro', 'Revenue, Managed Pro', 'revenue', 41),
('revenue_backlinks', 'Revenue, backlinks', 'revenue', 42),
('revenue_indexing', 'Revenue, indexing', 'revenue', 43),
('revenue_saas', 'Revenue, SaaS plans and credits', 'revenue', 44),
('refunds', 'Refunds', 'revenue', 45),
('gateway_fees', 'Gateway fees', 'expense', 50),
('cost_links', 'Cost of links', 'expense', 51),
('cost_indexing', 'Cost of indexing', 'expense', 52),
('cost_ahrefs', 'Cost of Ahrefs', 'expense', 53),
('cost_platform_credits', 'Cost of platform credits', 'expense', 54),
('disputes', 'Disputes', 'expense', 55),
('bad_debt', 'Bad debt', 'expense', 56);
