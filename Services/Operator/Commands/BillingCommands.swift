import ArgumentParser

/// `igny8 billing …`
struct BillingCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "billing",
        abstract: "Invoices, charges and what the gateways say of them.",
        subcommands: [BillingReconcile.self]
    )
}
