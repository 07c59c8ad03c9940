// swift-tools-version: 6.2
import PackageDescription

/// Language mode 6 is the default of these tools; these are the opt-ins on top, the same for every Swift target.
let house: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

extension Target.Dependency {
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let asyncAlgorithms = product(name: "AsyncAlgorithms", package: "swift-async-algorithms")
    static let collections = product(name: "Collections", package: "swift-collections")
    static let configuration = product(name: "Configuration", package: "swift-configuration")
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let cryptoExtras = product(name: "CryptoExtras", package: "swift-crypto")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdTesting = product(name: "HummingbirdTesting", package: "hummingbird")
    static let jwtKit = product(name: "JWTKit", package: "jwt-kit")
    static let lifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let locks = product(name: "NIOConcurrencyHelpers", package: "swift-nio")
    static let logging = product(name: "Logging", package: "swift-log")
    static let metrics = product(name: "Metrics", package: "swift-metrics")
    static let mustache = product(name: "Mustache", package: "swift-mustache")
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioHTTPTypes = product(name: "NIOHTTPTypes", package: "swift-nio-extras")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let subprocess = product(name: "Subprocess", package: "swift-subprocess")
    static let tracing = product(name: "Tracing", package: "swift-distributed-tracing")
    static let unixSignals = product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let yams = product(name: "Yams", package: "Yams")
}

let package = Package(
    name: "igny8-managed-services",
    products: [
        .executable(name: "igny8", targets: ["igny8"]),
        .executable(name: "igny8-gateway", targets: ["igny8-gateway"]),
        .executable(name: "igny8-subscriptions", targets: ["igny8-subscriptions"]),
        .executable(name: "igny8-ahrefs-sync", targets: ["igny8-ahrefs-sync"]),
        .executable(name: "igny8-backlink-orders", targets: ["igny8-backlink-orders"]),
        .executable(name: "igny8-indexing", targets: ["igny8-indexing"]),
        .executable(name: "igny8-reporting", targets: ["igny8-reporting"]),
        .executable(name: "igny8-sandbox", targets: ["igny8-sandbox"]),
        .executable(name: "igny8-bench-queue", targets: ["igny8-bench-queue"]),
        .executable(name: "igny8-bench-ahrefs", targets: ["igny8-bench-ahrefs"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-async-algorithms.git", from: "1.1.4"),
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-configuration.git", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing.git", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache.git", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.2"),
        .package(url: "https://github.com/vapor/jwt-kit.git", from: "5.7.1"),
    ],
    targets: [
        // MARK: C libraries. hiredis has no pkgConfig on purpose: its .pc file makes SwiftPM warn on every build.
        .systemLibrary(name: "CLinux", path: "Shared/CLinux"),
        .systemLibrary(name: "CLibPQ", path: "Shared/CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CHiredis", path: "Shared/CHiredis", providers: [.apt(["libhiredis-dev"])]),
        .systemLibrary(
            name: "CCurl",
            path: "Shared/CCurl",
            pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"])]
        ),
        .target(name: "CCurlShim", dependencies: ["CCurl"], path: "Shared/CCurlShim"),
        .systemLibrary(
            name: "CLibXML2",
            path: "Shared/CLibXML2",
            pkgConfig: "libxml-2.0",
            providers: [.apt(["libxml2-dev"])]
        ),

        // MARK: Shared, from the ground up. Arrows point down, never sideways.
        .target(
            name: "EventLoop",
            dependencies: ["CLinux", .collections, .locks],
            path: "Shared/EventLoop",
            swiftSettings: house
        ),
        .target(
            name: "Postgres",
            dependencies: ["EventLoop", "CLibPQ", .collections, .lifecycle, .locks, .logging, .nioPosix],
            path: "Shared/Postgres",
            exclude: ["Decisions.md"],
            swiftSettings: house
        ),
        .target(
            name: "Redis",
            dependencies: ["EventLoop", "CHiredis", .collections, .lifecycle, .locks, .logging, .nioPosix],
            path: "Shared/Redis",
            exclude: ["Decisions.md"],
            swiftSettings: house
        ),
        .target(
            name: "WebClient",
            dependencies: ["EventLoop", "CCurl", "CCurlShim", .locks, .logging, .nioPosix],
            path: "Shared/WebClient",
            exclude: ["Decisions.md"],
            swiftSettings: house
        ),
        .target(name: "Charts", path: "Shared/Charts", exclude: ["Decisions.md"], swiftSettings: house),
        .target(name: "HTML", dependencies: ["CLibXML2"], path: "Shared/HTML", swiftSettings: house),
        .target(name: "DomainModel", path: "Shared/DomainModel", swiftSettings: house),
        .target(
            name: "ReportDesign",
            dependencies: ["Charts", "DomainModel", .mustache],
            path: "Shared/ReportDesign",
            exclude: [
                "Decisions.md", "Templates/README.md", "Templates/Sample/charts", "Templates/Sample/credit_note.json",
                "Templates/Sample/invoice.json", "Templates/Sample/report.json",
            ],
            resources: [
                .embedInCode("Templates/base.css"), .embedInCode("Templates/report.css"),
                .embedInCode("Templates/invoice.css"), .embedInCode("Templates/report.mustache"),
                .embedInCode("Templates/section.mustache"), .embedInCode("Templates/block.mustache"),
                .embedInCode("Templates/tile.mustache"), .embedInCode("Templates/invoice.mustache"),
                .embedInCode("Templates/Sample/data.json"),
            ],
            swiftSettings: house
        ),
        .target(
            name: "JobQueue",
            dependencies: ["Postgres", "Redis", .lifecycle, .locks, .logging, .metrics, .tracing],
            path: "Shared/JobQueue",
            exclude: ["Decisions.md"],
            resources: [
                .embedInCode("Scripts/push.lua"), .embedInCode("Scripts/take.lua"), .embedInCode("Scripts/repair.lua"),
                .embedInCode("Scripts/giveback.lua"), .embedInCode("Scripts/gcra.lua"),
            ],
            swiftSettings: house
        ),
        .target(
            name: "Persistence",
            dependencies: ["DomainModel", "JobQueue", "Postgres", .crypto, .cryptoExtras, .locks, .logging],
            path: "Shared/Persistence",
            exclude: ["Core/Decisions.md", "Decisions.md"],
            resources: [.embedInCode("Migrations")],
            swiftSettings: house
        ),
        .target(
            name: "ServiceRuntime",
            dependencies: [
                "EventLoop", "JobQueue", "Persistence", "Postgres", "Redis", "WebClient",
                .configuration, .hummingbird, .lifecycle, .locks, .logging, .metrics, .tracing, .unixSignals,
            ],
            path: "Shared/ServiceRuntime",
            exclude: ["Decisions.md"],
            swiftSettings: house
        ),
        .target(
            name: "FileStore",
            dependencies: ["DomainModel", "EventLoop", "ServiceRuntime", "WebClient", .crypto, .logging, .nioPosix],
            path: "Shared/FileStore",
            exclude: ["Decisions.md"],
            swiftSettings: house
        ),
        .target(
            name: "TestSupport",
            dependencies: [
                "DomainModel", "EventLoop", "JobQueue", "Persistence", "Postgres", "Redis", "WebClient",
                .hummingbird, .locks, .logging,
            ],
            path: "Shared/TestSupport",
            swiftSettings: house
        ),

        // MARK: Services. Each is a library that tests can build, and an executable of a few lines.
        .target(
            name: "Gateway",
            dependencies: [
                "DomainModel", "EventLoop", "FileStore", "JobQueue", "Persistence", "Postgres", "Redis", "ReportDesign",
                "ServiceRuntime",
                .crypto, .cryptoExtras, .hummingbird, .jwtKit, .lifecycle, .locks, .logging, .metrics, .nioCore,
                .nioHTTP1,
                .nioHTTPTypes, .nioPosix, .tracing,
            ],
            path: "Services/Gateway",
            exclude: ["Decisions.md", "Main"],
            swiftSettings: house
        ),
        .executableTarget(
            name: "igny8-gateway",
            dependencies: ["Gateway"],
            path: "Services/Gateway/Main",
            swiftSettings: house
        ),
        .target(
            name: "Subscriptions",
            dependencies: [
                "DomainModel", "FileStore", "JobQueue", "Persistence", "Postgres", "Redis", "ServiceRuntime",
                "WebClient",
                .crypto, .lifecycle, .locks, .logging, .metrics, .mustache,
            ],
            path: "Services/Subscriptions",
            exclude: ["Main", "Decisions.md", "README.md"],
            swiftSettings: house
        ),
        .executableTarget(
            name: "igny8-subscriptions",
            dependencies: ["Subscriptions"],
            path: "Services/Subscriptions/Main",
            swiftSettings: house
        ),
        .target(
            name: "BacklinkOrders",
            dependencies: [
                "DomainModel", "HTML", "JobQueue", "Persistence", "Postgres", "Redis", "ServiceRuntime", "WebClient",
                .crypto, .lifecycle, .locks, .logging, .metrics,
            ],
            path: "Services/BacklinkOrders",
            exclude: ["Main", "Decisions.md", "README.md"],
            swiftSettings: house
        ),
        .executableTarget(
            name: "igny8-backlink-orders",
            dependencies: ["BacklinkOrders"],
            path: "Services/BacklinkOrders/Main",
            swiftSettings: house
        ),
        .target(
            name: "AhrefsSync",
            dependencies: [
                "DomainModel", "JobQueue", "Persistence", "Postgres", "Redis", "ServiceRuntime", "WebClient",
                .lifecycle, .locks, .logging,
            ],
            path: "Services/AhrefsSync",
            exclude: ["Main", "Decisions.md", "README.md"],
            swiftSettings: house
        ),
        .executableTarget(
            name: "igny8-ahrefs-sync",
            dependencies: ["AhrefsSync"],
            path: "Services/AhrefsSync/Main",
            swiftSettings: house
        ),
        .target(
            name: "Indexing",
            dependencies: [
                "DomainModel", "JobQueue", "Persistence", "Postgres", "Redis", "ServiceRuntime", "WebClient",
                .lifecycle, .locks, .logging,
            ],
            path: "Services/Indexing",
            exclude: ["Main", "Decisions.md", "README.md"],
            swiftSettings: house
        ),
        .executableTarget(
            name: "igny8-indexing",
            dependencies: ["Indexing"],
            path: "Services/Indexing/Main",
            swiftSettings: house
        ),
        .target(
            name: "Reporting",
            dependencies: [
                "DomainModel", "FileStore", "JobQueue", "Persistence", "Postgres", "Redis", "ReportDesign",
                "ServiceRuntime",
                "WebClient", .collections, .lifecycle, .locks, .logging, .mustache, .subprocess,
            ],
            path: "Services/Reporting",
            exclude: ["Main", "Renderer", "Decisions.md", "README.md"],
            swiftSettings: house
        ),
        .executableTarget(
            name: "igny8-reporting",
            dependencies: ["Reporting"],
            path: "Services/Reporting/Main",
            swiftSettings: house
        ),
        .target(
            name: "Sandbox",
            dependencies: [
                "DomainModel", "JobQueue", "Persistence", "Postgres", "Redis", "ServiceRuntime", "WebClient",
                .crypto, .cryptoExtras, .hummingbird, .lifecycle, .locks, .logging, .metrics, .nioCore, .nioPosix,
            ],
            path: "Services/Sandbox",
            exclude: ["Main", "Decisions.md", "README.md"],
            resources: [.embedInCode("Schema")],
            swiftSettings: house
        ),
        .executableTarget(
            name: "igny8-sandbox",
            dependencies: ["Sandbox"],
            path: "Services/Sandbox/Main",
            swiftSettings: house
        ),
        .target(
            name: "Operator",
            dependencies: [
                "DomainModel", "JobQueue", "Persistence", "Postgres", "Redis", "ServiceRuntime", "WebClient",
                .argumentParser, .crypto, .lifecycle, .locks, .logging,
            ],
            path: "Services/Operator",
            exclude: ["Main"],
            swiftSettings: house
        ),
        .executableTarget(
            name: "igny8",
            dependencies: ["Operator"],
            path: "Services/Operator/Main",
            swiftSettings: house
        ),

        // MARK: Benchmarks
        .executableTarget(
            name: "igny8-bench-queue",
            dependencies: [
                "EventLoop", "JobQueue", "Persistence", "Postgres", "Redis",
                .argumentParser, .lifecycle, .locks, .logging, .metrics, .unixSignals,
            ],
            path: "Tests/Benchmarks/queue/Driver",
            swiftSettings: house
        ),
        .executableTarget(
            name: "igny8-bench-ahrefs",
            dependencies: [
                "DomainModel", "EventLoop", "JobQueue", "Persistence", "Postgres", "WebClient",
                .argumentParser, .logging,
            ],
            path: "Tests/Benchmarks/links/ahrefs/Driver",
            swiftSettings: house
        ),

        // MARK: Tests
        .testTarget(
            name: "PostgresTests",
            dependencies: ["EventLoop", "Postgres", "TestSupport", .locks, .logging],
            path: "Tests/Postgres",
            swiftSettings: house
        ),
        .testTarget(
            name: "RedisTests",
            dependencies: ["EventLoop", "Redis", "TestSupport", .logging],
            path: "Tests/Redis",
            swiftSettings: house
        ),
        .testTarget(
            name: "WebClientTests",
            dependencies: [
                "EventLoop", "WebClient", "TestSupport", .hummingbird, .locks, .logging, .nioCore, .nioPosix,
            ],
            path: "Tests/WebClient",
            swiftSettings: house
        ),
        .testTarget(
            name: "ChartsTests",
            dependencies: ["Charts"],
            path: "Tests/Charts",
            exclude: ["Golden"],
            swiftSettings: house
        ),
        .testTarget(
            name: "ReportDesignTests",
            dependencies: ["Charts", "DomainModel", "ReportDesign", .mustache],
            path: "Tests/ReportDesign",
            exclude: ["look"],
            swiftSettings: house
        ),
        .testTarget(
            name: "DomainModelTests",
            dependencies: ["DomainModel"],
            path: "Tests/DomainModel",
            swiftSettings: house
        ),
        .testTarget(
            name: "JobQueueTests",
            dependencies: [
                "ChaosLedger", "EventLoop", "JobQueue", "Persistence", "Postgres", "Redis", "TestSupport",
                "igny8-chaos-worker", .locks, .logging,
            ],
            path: "Tests/JobQueue",
            swiftSettings: house
        ),
        .testTarget(
            name: "PersistenceTests",
            dependencies: ["DomainModel", "JobQueue", "Persistence", "Postgres", "TestSupport", .logging],
            path: "Tests/Persistence",
            swiftSettings: house
        ),
        .testTarget(
            name: "ServiceRuntimeTests",
            dependencies: [
                "EventLoop", "JobQueue", "ServiceRuntime", "Persistence", "Postgres", "TestSupport", "WebClient",
                .configuration, .hummingbird, .hummingbirdTesting, .lifecycle, .locks, .logging, .metrics, .tracing,
                .yams,
            ],
            path: "Tests/ServiceRuntime",
            swiftSettings: house
        ),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "DomainModel", "EventLoop", "FileStore", "Gateway", "JobQueue", "Persistence", "Postgres", "Redis",
                "ReportDesign", "ServiceRuntime", "TestSupport", "WebClient",
                .crypto, .hummingbird, .jwtKit, .lifecycle, .locks, .logging,
            ],
            path: "Tests/Gateway",
            swiftSettings: house
        ),
        .testTarget(
            name: "SubscriptionsTests",
            dependencies: [
                "DomainModel", "JobQueue", "Persistence", "Postgres", "Redis", "ServiceRuntime", "Subscriptions",
                "TestSupport",
                "WebClient", .logging,
            ],
            path: "Tests/Subscriptions",
            swiftSettings: house
        ),
        .testTarget(
            name: "BacklinkOrdersTests",
            dependencies: [
                "BacklinkOrders", "DomainModel", "EventLoop", "HTML", "JobQueue", "Persistence", "Postgres", "Redis",
                "Sandbox", "ServiceRuntime", "TestSupport", "WebClient", .hummingbird, .lifecycle, .locks, .logging,
            ],
            path: "Tests/BacklinkOrders",
            swiftSettings: house
        ),
        .testTarget(
            name: "SandboxTests",
            dependencies: [
                "DomainModel", "EventLoop", "JobQueue", "Persistence", "Postgres", "Redis", "Sandbox", "ServiceRuntime",
                "TestSupport",
                "WebClient", .crypto, .hummingbird, .lifecycle, .locks, .logging,
            ],
            path: "Tests/Sandbox",
            swiftSettings: house
        ),
        .testTarget(
            name: "AhrefsSyncTests",
            dependencies: [
                "AhrefsSync", "DomainModel", "EventLoop", "Gateway", "JobQueue", "Persistence", "Postgres", "Redis",
                "Sandbox", "ServiceRuntime", "TestSupport", "WebClient", .lifecycle, .locks, .logging,
            ],
            path: "Tests/AhrefsSync",
            swiftSettings: house
        ),
        .testTarget(
            name: "IndexingTests",
            dependencies: [
                "BacklinkOrders", "DomainModel", "EventLoop", "Gateway", "Indexing", "JobQueue", "Persistence",
                "Postgres", "Redis", "Sandbox", "ServiceRuntime", "TestSupport", "WebClient", .lifecycle, .locks,
                .logging,
            ],
            path: "Tests/Indexing",
            swiftSettings: house
        ),
        .testTarget(
            name: "FileStoreTests",
            dependencies: [
                "DomainModel", "EventLoop", "FileStore", "ServiceRuntime", "TestSupport", "WebClient", .logging,
            ],
            path: "Tests/FileStore",
            swiftSettings: house
        ),
        .testTarget(
            name: "ReportingTests",
            dependencies: [
                "DomainModel", "EventLoop", "FileStore", "JobQueue", "Persistence", "Postgres", "Redis", "ReportDesign",
                "Reporting", "Sandbox", "ServiceRuntime", "Subscriptions", "TestSupport", "WebClient", .lifecycle,
                .locks,
                .logging,
            ],
            path: "Tests/Reporting",
            exclude: ["Golden", "extract"],
            swiftSettings: house
        ),
        .testTarget(
            name: "CoreDataTests",
            dependencies: [
                "DomainModel", "EventLoop", "Gateway", "JobQueue", "Persistence", "Postgres", "Redis", "Reporting",
                "Sandbox",
                "ServiceRuntime", "TestSupport", "WebClient", .lifecycle, .locks, .logging,
            ],
            path: "Tests/CoreData",
            swiftSettings: house
        ),
        .testTarget(
            name: "MoneyTests",
            dependencies: [
                "DomainModel", "EventLoop", "Gateway", "JobQueue", "Persistence", "Postgres", "Redis", "Sandbox",
                "ServiceRuntime", "Subscriptions", "TestSupport", "WebClient", .lifecycle, .logging,
            ],
            path: "Tests/Money",
            swiftSettings: house
        ),
        .testTarget(
            name: "OperatorTests",
            dependencies: [
                "DomainModel", "Operator", "Persistence", "Postgres", "TestSupport", .argumentParser, .locks,
            ],
            path: "Tests/Operator",
            swiftSettings: house
        ),
        .target(
            name: "ChaosLedger",
            dependencies: ["JobQueue", "Postgres"],
            path: "Tests/Chaos/Ledger",
            swiftSettings: house
        ),
        .executableTarget(
            name: "igny8-chaos-worker",
            dependencies: [
                "ChaosLedger", "EventLoop", "JobQueue", "Postgres", "Redis", .argumentParser, .lifecycle, .logging,
                .unixSignals,
            ],
            path: "Tests/Chaos/Worker",
            swiftSettings: house
        ),
        .executableTarget(
            name: "igny8-chaos",
            dependencies: [
                "ChaosLedger", "EventLoop", "JobQueue", "Persistence", "Postgres", "Redis", "TestSupport",
                .argumentParser, .locks, .logging,
            ],
            path: "Tests/Chaos/Driver",
            swiftSettings: house
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["EventLoop", "Persistence", "Postgres", .locks, .logging, .subprocess],
            path: "Tests/EndToEnd",
            swiftSettings: house
        ),
    ]
)
