import Gateway

@main
enum Main {
    static func main() async {
        await Gateway.main(arguments: CommandLine.arguments)
    }
}
