using System.Management.Automation;
using System.Reflection;
using System.Runtime.Loader;

namespace BridgeNet.Loading;

/// <summary>
/// Loads BridgeNet.Core, and everything that it depends on, in a separate load context: another module may load any other version
/// of the same libraries, before or after this one, and each gets its own version, managed and native.
/// </summary>
/// <remarks>
/// A nested module, because it must come before the cmdlets: PowerShell loads their types, and with them the core, before it
/// calls anything in their assembly. The default context does not know the requesting assembly, so it resolves only one name,
/// the core's. Nothing is undone when the module is removed: a loaded assembly stays loaded and may need another one later.
/// </remarks>
public sealed class DependencyLoading : IModuleAssemblyInitializer
{
    private const string Core = "BridgeNet.Core";

    private static readonly Lazy<bool> s_prepared = new(Prepare);

    /// <inheritdoc/>
    public void OnImport() => _ = s_prepared.Value;

    private static bool Prepare()
    {
        string folder = Path.GetDirectoryName(typeof(DependencyLoading).Assembly.Location)!;
        ModuleLoadContext context = new(Path.Combine(folder, "BridgeNet.dll"));
        AssemblyLoadContext.Default.Resolving += (_, name) => name.Name == Core ? context.LoadFromAssemblyName(name) : null;
        TypeNames.Register(context.LoadFromAssemblyName(new AssemblyName(Core)));
        return true;
    }
}
