import Charts

/// Charts of every kind over ordinary and awkward data: what the properties are checked on, and what a person looks at.
enum Gallery {
    struct Example {
        let name: String
        let chart: any Chart
        let size: ChartSize

        init(_ name: String, _ chart: any Chart, _ size: ChartSize = .half) {
            self.name = name
            self.chart = chart
            self.size = size
        }
    }

    static let brands: [(name: String, colors: [String])] = [
        ("none", []), ("blue", ["#1a73e8", "#fbbc04"]), ("yellow", ["#ffe600"]), ("red", ["#d71920", "#111111"]),
        ("green", ["#0a7f3f", "#d71920"]), ("black", ["#000000"]), ("pastel", ["#ffd9ec", "#cfe8ff"]),
        ("white", ["#ffffff"]),
    ]

    static func theme(_ brand: String, _ appearance: ChartTheme.Appearance) -> ChartTheme {
        let colors = brands.first { $0.name == brand }?.colors ?? []
        return ChartTheme(brand: colors.compactMap { RGBColor($0) }, appearance: appearance)
    }

    static var all: [Example] { reports + awkward }

    // MARK: The charts of a report (spec 7)

    static let reports: [Example] = [
        Example(
            "traffic",
            LineChart(
                title: Finding.change(of: "Traffic", from: 10_508, to: 12_400, unit: ChartUnit("visit", "visits")),
                subtitle: "Clicks from Google a day, against the 13 weeks before",
                series: [
                    .init("This quarter", daily(92) { 118 + $0 * 0.4 + 14 * wave($0, 7) }),
                    .init("Before", daily(92) { 104 + $0 * 0.14 + 11 * wave($0, 7) }, tone: .comparison),
                ],
                fill: .area
            ),
            .full
        ),
        Example(
            "rating",
            LineChart(
                title: Finding.change(of: "Domain Rating", from: 39, to: 42, told: .absolute),
                subtitle: "Domain Rating by Ahrefs",
                series: [.init("DR", weekly([39, 39, 39, 40, 40, 40, 40, 41, 41, 41, 42, 42, 42]))]
            )
        ),
        Example(
            "domains",
            LineChart(
                title: Finding.change(
                    of: "Links",
                    from: 214,
                    to: 262,
                    unit: ChartUnit("referring domain", "referring domains")
                ),
                series: [
                    .init("DR", weekly([214, 216, 221, 220, 226, 231, 236, 235, 241, 248, 250, 257, 262]))
                ],
                fill: .area
            )
        ),
        Example(
            "positions",
            LineChart(
                title: Finding.change(of: "Average position", from: 18.4, to: 12.6, numbers: .decimal(1), told: .rank),
                series: [
                    .init(
                        "Position",
                        weekly([18.4, 18.1, 17.2, 17.6, 16.8, 15.9, 15.2, 15.4, 14.6, 13.9, 13.4, 12.9, 12.6])
                    )
                ],
                numbers: .decimal(1),
                isRank: true
            )
        ),
        Example(
            "ctr",
            LineChart(
                title: Finding.change(of: "Click-through rate", from: 0.029, to: 0.034, numbers: .percent),
                series: [
                    .init(
                        "CTR",
                        weekly([
                            0.029, 0.0295, 0.03, 0.0288, 0.031, 0.0305, 0.032, 0.0318, 0.0325, 0.033, 0.0328, 0.0335,
                            0.034,
                        ])
                    )
                ],
                numbers: .percent
            )
        ),
        Example(
            "rankings",
            BarChart(
                title: "34 keywords rank in the top 10, 9 more than in August",
                subtitle: "Keywords by position, each week",
                categories: .periods(mondays(13), .week),
                series: [
                    .init("Top 3", [4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 11]),
                    .init("4–10", [21, 20, 20, 21, 21, 22, 21, 22, 22, 23, 22, 23, 23]),
                    .init("11–20", [30, 31, 30, 32, 33, 32, 34, 34, 35, 36, 36, 37, 38]),
                    .init("21–50", [60, 62, 65, 64, 66, 68, 70, 73, 71, 74, 76, 78, 80]),
                ],
                isOrdered: true
            ),
            .full
        ),
        Example(
            "indexing",
            LineChart(
                title: Finding.reached(412, of: 468, unit: ChartUnit("page", "pages"), "indexed"),
                subtitle: "Pages by state in Google's index",
                series: [
                    .init("Indexed", weekly([310, 318, 325, 330, 342, 350, 361, 370, 377, 388, 396, 405, 412])),
                    .init("Pending", weekly([60, 58, 62, 61, 57, 55, 52, 50, 55, 51, 49, 45, 42]), tone: .comparison),
                    .init("Error", weekly([24, 24, 22, 20, 20, 19, 18, 18, 16, 15, 15, 14, 14]), tone: .alert),
                ],
                fill: .stacked
            ),
            .full
        ),
        Example(
            "ratings",
            BarChart(
                title: Finding.largest(
                    [
                        ("DR 0–9", 2), ("DR 10–19", 5), ("DR 20–29", 11), ("DR 30–39", 21), ("DR 40–49", 7),
                        ("DR 50+", 2),
                    ],
                    of: "Links by DR",
                    unit: ChartUnit("link", "links")
                ),
                categories: .steps(["0–9", "10–19", "20–29", "30–39", "40–49", "50+"]),
                series: [.init("Links", [2, 5, 11, 21, 7, 2])]
            )
        ),
        Example(
            "social",
            BarChart(
                title: "Instagram brought two of three reactions",
                subtitle: "Engagements by platform",
                categories: .names(["Facebook", "Instagram", "LinkedIn", "X", "Pinterest"]),
                series: [
                    .init("Likes", [320, 1_840, 122, 61, 18]), .init("Comments", [41, 212, 38, 9, 0]),
                    .init("Shares", [18, 96, 21, 14, 7]),
                ]
            )
        ),
        Example(
            "content",
            DonutChart(
                title: "30 articles published, half of them guides",
                parts: [
                    .init("Guides", 15), .init("Product pages", 8), .init("News", 4), .init("Case studies", 3),
                ],
                unit: ChartUnit("article", "articles")
            )
        ),
        Example(
            "funnel",
            FunnelChart(
                title: Finding.reached(31, of: 48, unit: ChartUnit("link", "links"), "live and indexed"),
                stages: [.init("Ordered", 48), .init("Placed", 44), .init("Live", 41), .init("Indexed", 31)]
            )
        ),
        Example(
            "budget",
            BarChart(
                title: "Spent $5,412 of $6,000 planned",
                categories: .periods([ChartDay(2026, 8, 1), ChartDay(2026, 9, 1), ChartDay(2026, 10, 1)], .month),
                series: [
                    .init("Planned", [200_000, 200_000, 200_000], tone: .comparison),
                    .init("Spent", [171_250, 188_900, 181_050]),
                ],
                arrangement: .grouped,
                numbers: .money(sign: "$", places: 2)
            )
        ),
        Example(
            "funnel wide",
            FunnelChart(
                title: "One in three enquiries became a customer",
                stages: [
                    .init("Impressions", 124_000), .init("Clicks", 12_400), .init("Enquiries", 96),
                    .init("Customers", 32),
                ]
            ),
            .full
        ),
        Example("spark", Sparkline(title: "Clicks", values: [3, 4, 3, 6, 5, 8, 9, 8, 11]), Sparkline.size),
    ]

    // MARK: Awkward data

    static let urdu = ["کراچی کے بہترین ریستوران", "پاکستان (لاہور)", "گھر کا کھانا 24 گھنٹے", "ڈاکٹر"]
    static let arabic = ["مطعم الشرق للمأكولات البحرية والمشويات", "الرياض", "شركة لا إله", "خدمات SEO في دبي 2026"]
    static let chinese = ["数字营销机构上海有限公司", "北京", "搜索引擎优化服务", "広告代理店"]

    static let awkward: [Example] = [
        Example("no data", LineChart(title: "Traffic: no data in this period", series: [.init("Clicks", [])])),
        Example(
            "nothing known",
            BarChart(title: "Rankings", categories: .names(["a", "b"]), series: [.init("n", [nil, .nan])])
        ),
        Example("no parts", DonutChart(title: "Content", parts: [])),
        Example("no stages", FunnelChart(title: "Links", stages: [.init("Ordered", nil)])),
        Example("one point", LineChart(title: "The first week is measured", series: [.init("Clicks", weekly([42]))])),
        Example(
            "all equal",
            LineChart(
                title: "Traffic held at 1,200 visits",
                series: [.init("Clicks", weekly([1_200, 1_200, 1_200, 1_200]))]
            )
        ),
        Example(
            "all zero",
            LineChart(title: "No clicks yet", series: [.init("Clicks", weekly([0, 0, 0, 0]))], fill: .area)
        ),
        Example(
            "negative",
            LineChart(
                title: "Margin fell below zero in September",
                series: [.init("Net", weekly([120_000, 60_000, -5_000, -84_000, -20_000, 30_000]))],
                numbers: .money(sign: "$", places: 2),
                fill: .area
            )
        ),
        Example(
            "gaps",
            LineChart(
                title: "Two weeks were not measured",
                series: [
                    .init("Clicks", weekly([40, 44, nil, 51, nil, nil, 60, 66, 64])),
                    .init("Before", weekly([30, 31, 36, nil, nil, 41, 44, 47, 50]), tone: .comparison),
                ],
                fill: .area
            )
        ),
        Example(
            "gaps in layers",
            LineChart(
                title: "Indexing was not measured in week 3",
                series: [
                    .init("Indexed", weekly([10, 12, nil, 15, 18, nil, 20])),
                    .init("Pending", weekly([5, 4, 4, 3, 2, nil, 2])),
                ],
                fill: .stacked
            )
        ),
        Example(
            "huge",
            LineChart(
                title: "Impressions reached 3.2 billion",
                series: [.init("a", weekly([1.2e9, 2.2e9, 2.9e9, 3.2e9]))]
            )
        ),
        Example(
            "beyond huge",
            LineChart(
                title: "Numbers beyond all reason",
                series: [
                    .init("a", weekly([1.2e18, 2.2e19, 2.9e20, 3.2e21])), .init("b", weekly([1e300, 1e21, 1, -1e300])),
                ]
            )
        ),
        Example(
            "tiny",
            LineChart(
                title: "A share of a thousandth",
                series: [.init("a", weekly([0.0001, 0.0004, 0.0002]))],
                numbers: .percent
            )
        ),
        Example(
            "crossing",
            LineChart(
                title: "Six sites end within two visits of one another",
                series: (0..<6).map {
                    .init("Site number \($0 + 1)", weekly([Double(20 * $0), 60, 100 + Double($0) / 3]))
                }
            )
        ),
        Example(
            "forty lines",
            LineChart(
                title: "Forty keywords, of which the largest are named",
                series: (0..<40).map { line in
                    .init("keyword \(line)", weekly((0..<9).map { Double((line * 37 + $0 * (line % 5)) % 83) }))
                }
            ),
            .full
        ),
        Example(
            "three years",
            LineChart(
                title: "Traffic doubled in three years",
                series: [
                    .init(
                        "Clicks",
                        (0..<36).map {
                            .init(
                                ChartDay(2023 + ($0 + 9) / 12, ($0 + 9) % 12 + 1, 1),
                                1_000 + 32 * Double($0) + 90 * wave(Double($0), 12)
                            )
                        }
                    )
                ],
                fill: .area
            ),
            .full
        ),
        Example(
            "days",
            LineChart(
                title: "A week by days, across New Year",
                series: [
                    .init(
                        "Clicks",
                        (0..<8).map {
                            .init(
                                ChartDay(daysSinceEpoch: ChartDay(2026, 12, 28).daysSinceEpoch + $0),
                                [5, 9, 4, 3, 8, 12, 11, 14][$0]
                            )
                        }
                    )
                ]
            )
        ),
        Example(
            "five hundred names",
            BarChart(
                title: "Two publishers bring a third of 500 domains' links",
                categories: .names((0..<500).map { "publisher-\($0).example" }),
                series: [.init("Links", (0..<500).map { Double(4_000 / ($0 + 3)) })],
                limit: 8
            )
        ),
        Example(
            "five hundred days",
            BarChart(
                title: "500 days of posts",
                categories: .periods((0..<500).map { ChartDay(daysSinceEpoch: 20_000 + $0) }, .day),
                series: [.init("Posts", (0..<500).map { Double($0 * 7 % 31) })]
            )
        ),
        Example(
            "five hundred parts",
            DonutChart(
                title: "Many kinds of content",
                parts: (0..<500).map { .init("Kind \($0)", Double(900 / ($0 + 1))) },
                unit: ChartUnit("page", "pages")
            )
        ),
        Example(
            "urdu",
            BarChart(
                title: "کراچی کے بہترین ریستوران leads",
                categories: .names(urdu),
                series: [.init("Clicks", [40, 31, 22, 8])]
            )
        ),
        Example(
            "arabic",
            DonutChart(
                title: "الرياض في المقدمة",
                parts: zip(arabic, [40.0, 31, 22, 8]).map { .init($0, $1) },
                unit: ChartUnit("visit", "visits")
            )
        ),
        Example(
            "chinese",
            BarChart(
                title: "数字营销机构上海有限公司 leads with 40 visits, well before all the others that we know of in that market",
                categories: .names(chinese),
                series: [.init("点击", [40, 31, 22, 8]), .init("展示次数", [10, 12, 5, 4])]
            )
        ),
        Example(
            "names of lines",
            LineChart(
                title: "Names in four scripts",
                series: [
                    .init(urdu[0], weekly([3, 9, 12])), .init(arabic[0], weekly([4, 8, 11])),
                    .init(chinese[0], weekly([5, 7, 10])),
                    .init("Bergstraße & Söhne <GmbH> \"Co\"", weekly([1, 2, 3])),
                ]
            )
        ),
        Example(
            "long names",
            BarChart(
                title: "Long",
                categories: .names([
                    "Gesellschaft für Suchmaschinenoptimierung und Beratung mbH & Co. KG", "a",
                    "https://www.example.com/a/very/long/path/to/a/page?with=query",
                ]),
                series: [.init("n", [1_234_567, 45, 99_999])]
            )
        ),
        Example(
            "long steps",
            BarChart(
                title: "Steps with long names turn into rows",
                categories: .steps([
                    "Planned in the blueprint", "Written and reviewed", "Published on the site", "Indexed by Google",
                ]),
                series: [.init("Pages", [40, 30, 22, 12])]
            )
        ),
        Example(
            "negative rows",
            BarChart(
                title: "Movers: up and down",
                categories: .names(["seo audit", "link building", "guest post", "local seo", "unknown"]),
                series: [.init("Places", [12, -7, 3, -22, nil])]
            )
        ),
        Example(
            "negative columns",
            BarChart(
                title: "Net links a month",
                categories: .periods((1...6).map { ChartDay(2026, $0, 1) }, .month),
                series: [.init("Net", [12, -7, 3, -22, nil, 8])]
            )
        ),
        Example(
            "gained and lost",
            BarChart(
                title: "More won than lost in most weeks",
                categories: .periods(mondays(9), .week),
                series: [
                    .init("Won", [5, 7, 3, 0, 9, 4, 6, 8, 7]),
                    .init("Lost", [-1, -2, -4, -3, 0, -1, -2, -1, -2], tone: .alert),
                ]
            )
        ),
        Example(
            "zero columns",
            BarChart(
                title: "No links of any rating",
                categories: .steps(["0–9", "10–19", "20+"]),
                series: [.init("Links", [0, 0, 0])]
            )
        ),
        Example(
            "one column",
            BarChart(
                title: "One month",
                categories: .periods([ChartDay(2026, 10, 1)], .month),
                series: [.init("Links", [7])]
            )
        ),
        Example(
            "zero donut",
            DonutChart(
                title: "Nothing was published",
                parts: [.init("Guides", 0), .init("News", 0)],
                unit: ChartUnit("article", "articles")
            )
        ),
        Example(
            "one part",
            DonutChart(
                title: "All 12 articles are guides",
                parts: [.init("Guides", 12), .init("News", 0)],
                unit: ChartUnit("article", "articles")
            )
        ),
        Example(
            "thin part",
            DonutChart(
                title: "One of ten thousand failed",
                parts: [.init("Indexed", 9_999), .init("Failed", 1, tone: .alert)],
                unit: ChartUnit("page", "pages")
            )
        ),
        Example(
            "ordered donut",
            DonutChart(
                title: "Most clusters are complete",
                parts: [.init("Complete", 9), .init("Growing", 5), .init("Started", 3), .init("Planned", 2)],
                unit: ChartUnit("cluster", "clusters"),
                isOrdered: true
            )
        ),
        Example(
            "growing funnel",
            FunnelChart(
                title: "More were live than ordered",
                stages: [.init("Ordered", 10), .init("Placed", 0), .init("Live", 14), .init("Indexed", nil)]
            )
        ),
        Example(
            "steep funnel",
            FunnelChart(
                title: "One in a million",
                stages: [.init("Impressions and other things seen", 1_000_000), .init("Sold", 1)]
            )
        ),
        Example(
            "narrow",
            LineChart(
                title: "Even in a very narrow column it reads",
                series: [.init("Clicks", weekly([3, 5, 8])), .init("Impressions", weekly([13, 15, 18]))]
            ),
            ChartSize(width: 160, height: 90)
        ),
        Example(
            "narrow donut",
            DonutChart(title: "Content", parts: [.init("Guides and tutorials", 12), .init("News", 5)]),
            ChartSize(width: 160, height: 90)
        ),
        Example(
            "spark gaps",
            Sparkline(title: "Clicks", values: [3, nil, 3, 6, nil, 8, nil, nil, 11, nil]),
            Sparkline.size
        ),
        Example("spark none", Sparkline(title: "Clicks", values: []), Sparkline.size),
        Example("spark one", Sparkline(title: "Clicks", values: [4]), Sparkline.size),
        Example("spark equal", Sparkline(title: "Clicks", values: [4, 4, 4]), Sparkline.size),
    ]

    // MARK: Data

    static func mondays(_ count: Int) -> [ChartDay] {
        (0..<count).map { ChartDay(daysSinceEpoch: ChartDay(2026, 8, 3).daysSinceEpoch + 7 * $0) }
    }

    static func weekly(_ values: [Double?]) -> [LineChart.Point] {
        zip(mondays(values.count), values).map { .init($0, $1) }
    }

    static func daily(_ count: Int, _ value: (Double) -> Double) -> [LineChart.Point] {
        (0..<count).map {
            .init(ChartDay(daysSinceEpoch: ChartDay(2026, 8, 1).daysSinceEpoch + $0), value(Double($0)).rounded())
        }
    }

    /// A wave without a library: a parabola up, a parabola down.
    static func wave(_ x: Double, _ period: Double) -> Double {
        let place = (x / period).truncatingRemainder(dividingBy: 1) * 2
        return place < 1 ? 4 * place * (1 - place) : -4 * (place - 1) * (2 - place)
    }

    // MARK: The sheet

    static func sheet(_ brand: String, _ appearance: ChartTheme.Appearance) -> String {
        let theme = theme(brand, appearance)
        var html = """
            <!doctype html><html lang="en"><head><meta charset="utf-8"><title>Charts</title><style>
            @page { size: A4; margin: 0; background: \(theme.surface) }
            body { margin: 14mm 18mm; font: 8px Inter; color: \(theme.mutedInk) }
            figure { display: inline-block; vertical-align: top; margin: 0 7px 22px 0; break-inside: avoid }
            figcaption { margin-bottom: 3px }
            </style></head><body>
            """
        html += "<p>"
        for color in theme.categories + [theme.neutral, theme.alert] + theme.steps(6) {
            html += "<span style='display:inline-block;width:34px;height:16px;background:\(color)'></span>"
        }
        html += "</p>"
        for example in all {
            let margin = example.size.width > 600 ? "margin-right:0" : ""
            html += "<figure style='\(margin)'><figcaption>\(example.name)</figcaption>"
            html += example.chart.svg(theme, size: example.size) + "</figure>"
        }
        return html + "</body></html>"
    }
}
