/// The agency's own six clients (issue 2). Domains end in `.example`, so that nothing ever reaches anyone.
extension DemoClient {
    static let all: [DemoClient] = [bannerPrinting, aterna, seva, vaino, fairTrade, halalVPN]

    private static let bannerPrinting = DemoClient(
        name: "Banner Printing",
        domain: "banner-printing.example",
        owner: "Oliver Hughes",
        plan: "growth",
        tier: "lite",
        timeZone: "Europe/London",
        country: "GB",
        industry: "Printing and signage",
        sectors: ["Banners and signs", "Business cards"],
        intake: Intake(
            productsServices: ["Vinyl banners", "Roller banners", "Shop signs", "Business cards"],
            problemsSolved: ["A sign is needed by tomorrow", "Artwork that prints as it looks on screen"],
            brands: ["Banner Printing"],
            locations: ["London", "Manchester", "Birmingham"],
            competitors: ["fastsigns.example", "printmystuff.example"],
            targetCountries: ["GB"],
            seoState: "About 50 pages, services and a shop; no blog; product pages without text of their own."
        )
    )

    private static let aterna = DemoClient(
        name: "Aterna Advisors",
        domain: "aterna-advisors.example",
        owner: "Chloe Tremblay",
        plan: "scale",
        tier: "pro",
        timeZone: "America/Toronto",
        country: "CA",
        industry: "Finance and insurance",
        sectors: ["Financial planning", "Tax advice"],
        intake: Intake(
            productsServices: ["Retirement planning", "Tax planning", "Estate planning"],
            problemsSolved: ["When can I afford to retire?", "How do I take money out of my company?"],
            brands: ["Aterna"],
            locations: ["Toronto", "Ottawa"],
            competitors: ["wealthnorth.example", "mapleplanning.example"],
            targetCountries: ["CA"],
            seoState: "About 135 pages of finance content, much of it overlapping; a few good links."
        )
    )

    private static let seva = DemoClient(
        name: "Seva Mattress",
        domain: "seva-mattress.example",
        owner: "Priya Raman",
        plan: "scale",
        tier: "pro",
        timeZone: "America/Los_Angeles",
        country: "US",
        industry: "Home and furniture",
        sectors: ["Mattresses", "Bedding"],
        intake: Intake(
            productsServices: ["Latex mattresses", "Organic cotton bedding", "Pillows"],
            problemsSolved: ["Back pain in the morning", "A mattress without chemicals"],
            brands: ["Seva"],
            locations: ["California"],
            competitors: ["dreamlayer.example", "naturalsleep.example"],
            targetCountries: ["US"],
            seoState: "A WooCommerce shop of 40 products; categories without any text."
        )
    )

    private static let vaino = DemoClient(
        name: "VAINO",
        domain: "vaino.example",
        owner: "Aino Korhonen",
        plan: "growth",
        tier: "lite",
        timeZone: "Europe/Helsinki",
        country: "FI",
        industry: "Fashion and lifestyle",
        sectors: ["Clothing", "Accessories"],
        intake: Intake(
            productsServices: ["Wool coats", "Knitwear", "Leather gloves"],
            problemsSolved: ["A coat for real winters that lasts ten years"],
            brands: ["VAINO"],
            locations: ["Helsinki"],
            competitors: ["northwool.example"],
            targetCountries: ["FI", "SE", "DE"],
            seoState: "A brand with a WooCommerce shop; known by name, found for nothing else."
        )
    )

    private static let fairTrade = DemoClient(
        name: "African Fair Trade Society",
        domain: "african-fair-trade.example",
        owner: "Wanjiru Kamau",
        plan: "growth",
        tier: "lite",
        timeZone: "Africa/Nairobi",
        country: "KE",
        industry: "Non-profit and fair trade",
        sectors: ["Fair trade goods", "Education"],
        pluginAfterDays: 3,
        intake: Intake(
            productsServices: ["Fair trade coffee", "Baskets", "Workshops for cooperatives"],
            problemsSolved: ["How to know that a product was traded fairly"],
            brands: ["AFTS"],
            locations: ["Nairobi", "Kampala"],
            competitors: ["fairgoods.example"],
            targetCountries: ["GB", "US", "KE"],
            seoState: "A site of news and stories; no page answers a question that anyone types."
        )
    )

    private static let halalVPN = DemoClient(
        name: "Halal VPN",
        domain: "halal-vpn.example",
        owner: "Yusuf Rahman",
        plan: "scale",
        tier: "pro",
        timeZone: "Asia/Dubai",
        country: "AE",
        industry: "Technology and SaaS",
        sectors: ["VPN and privacy", "Software"],
        card: "pm_card_chargeDeclinedInsufficientFunds",
        intake: Intake(
            productsServices: ["VPN with a family filter", "Router set-up"],
            problemsSolved: ["Safe browsing for children", "Privacy on public networks"],
            brands: ["Halal VPN"],
            locations: ["Dubai", "Kuala Lumpur"],
            competitors: ["purevault.example", "cleanroute.example"],
            targetCountries: ["AE", "MY", "GB"],
            seoState: "A blog of 60 posts beside one product page; the posts do not lead to it."
        )
    )
}
