extension RedisConnection {
    /// Signs in, names the client and chooses the database.
    func greet(_ configuration: RedisConfiguration) async throws(RedisError) {
        var commands: [[RedisArgument]] = []
        if let password = configuration.password {
            let user = configuration.username.map { [RedisArgument($0)] } ?? []
            commands.append(["AUTH"] + user + [RedisArgument(password)])
        }
        commands.append(["CLIENT", "SETNAME", RedisArgument(configuration.clientName)])
        if configuration.database != 0 { commands.append(["SELECT", RedisArgument(configuration.database)]) }
        for reply in await send(commands, timeout: configuration.connectTimeout) { _ = try reply.get() }
    }
}
