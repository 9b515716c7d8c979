namespace BridgeNet.Netlink.Examples;

/// <summary>Runs one example by its name.</summary>
public static class Program
{
    /// <summary>The examples by name; each writes to the given writer.</summary>
    public static IReadOnlyDictionary<string, Action<TextWriter>> All { get; } =
        new Dictionary<string, Action<TextWriter>>
        {
            ["links"] = Links.Run,
            ["bridge"] = Bridge.Run,
            ["filter"] = Filter.Run,
            ["watch"] = Watch.Run,
        };

    /// <summary>Exits with 0, or with 1 if no example has the name or the kernel refuses.</summary>
    public static int Main(string[] arguments)
    {
        if (arguments is not [var name] || !All.TryGetValue(name, out Action<TextWriter>? example))
        {
            Console.Error.WriteLine($"usage: dotnet run -- {string.Join('|', All.Keys)}");
            return 1;
        }
        try
        {
            example(Console.Out);
            return 0;
        }
        catch (NetlinkException refused)
        {
            Console.Error.WriteLine(refused.Message);
            return 1;
        }
    }
}
