using System.Management.Automation;
using System.Reflection;
using System.Runtime.Loader;

namespace BridgeNet;

/// <summary>
/// Loads what this module depends on in a context of its own, so that neither managed nor native libraries clash with
/// another module's. Works for x64 and arm64 from one folder, because <c>BridgeNet.deps.json</c> names the right ones.
/// </summary>
public sealed class DependencyLoading : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    private static readonly string s_module = typeof(DependencyLoading).Assembly.Location;
    private static readonly ModuleContext s_context = new();

    /// <inheritdoc/>
    public void OnImport() => AssemblyLoadContext.Default.Resolving += Resolve;

    /// <inheritdoc/>
    public void OnRemove(PSModuleInfo psModuleInfo) => AssemblyLoadContext.Default.Resolving -= Resolve;

    // Only for what our own deps.json knows; the rest is somebody else's to find. The core is ours, so it goes where the cmdlets are.
    private static Assembly? Resolve(AssemblyLoadContext context, AssemblyName name) => s_context.PathOf(name) switch
    {
        null => null,
        var path when name.Name == "BridgeNet.Core" => context.LoadFromAssemblyPath(path),
        _ => s_context.LoadFromAssemblyName(name),
    };

    private sealed class ModuleContext() : AssemblyLoadContext("BridgeNet")
    {
        private readonly AssemblyDependencyResolver _resolver = new(s_module);

        public string? PathOf(AssemblyName name) => _resolver.ResolveAssemblyToPath(name);

        protected override Assembly? Load(AssemblyName assemblyName) =>
            PathOf(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;

        protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
            _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;
    }
}
