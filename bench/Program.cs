// dotnet run --project bench -c Release [-- NETWORKS]
//
// Measures the cmdlets against the kernel's own operations, in one run, in network and mount namespaces of its own.
// NETWORKS (1000) is how many there are when the last is made; 0 leaves that part out.
using System.Runtime.Loader;
using BridgeNet.Bench;

switch (args)
{
    // What the program starts of itself.
    case ["-Inside", var outside, var networks]:
        Sandbox.Refuse(outside);
        return Run(int.Parse(networks));
    case ["-Shell", .. var words]:
        return ImportBench.Child(words);
    case []:
        return Sandbox.Start("1000");
    case [var networks] when int.TryParse(networks, out int count) && count is 0 or >= 100:
        return Sandbox.Start(networks);
    default:
        Console.Error.WriteLine("dotnet run --project bench -c Release [-- NETWORKS], at least 100, or 0");
        return 2;
}

static int Run(int networks)
{
    Console.WriteLine(Machine.Describe());
    Report report = new();
    ImportBench.Measure(report);
    using Session session = new();
    // From here on BridgeNet.Core is there: the module brought it, and what it stands on, which it keeps to itself.
    AssemblyLoadContext module = AssemblyLoadContext.All.Single(static context => context.Name == "BridgeNet");
    AssemblyLoadContext.Default.Resolving += (_, name) => name.Name == "BridgeNet.Netlink" ? module.LoadFromAssemblyName(name) : null;
    Suite.Measure(session, networks, report);
    return 0;
}
