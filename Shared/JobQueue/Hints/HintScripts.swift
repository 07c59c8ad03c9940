import Redis

/// The Lua files of `Scripts/`, each with its keys, arguments and answer at its head.
enum HintScripts {
    static let push = RedisScript(String(decoding: PackageResources.push_lua, as: UTF8.self))
    static let take = RedisScript(String(decoding: PackageResources.take_lua, as: UTF8.self))
    static let repair = RedisScript(String(decoding: PackageResources.repair_lua, as: UTF8.self))
    static let gcra = RedisScript(String(decoding: PackageResources.gcra_lua, as: UTF8.self))
    static let giveback = RedisScript(String(decoding: PackageResources.giveback_lua, as: UTF8.self))
}
