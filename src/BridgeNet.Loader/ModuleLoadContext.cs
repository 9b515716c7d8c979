using System.Reflection;
using System.Runtime.Loader;

namespace BridgeNet.Loading;

/// <summary>Finds what an assembly depends on by its deps.json, which says which library is for which architecture.</summary>
internal sealed class ModuleLoadContext(string assembly) : AssemblyLoadContext("BridgeNet")
{
    private readonly AssemblyDependencyResolver _resolver = new(assembly);

    protected override Assembly? Load(AssemblyName assemblyName) =>
        _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;
}
