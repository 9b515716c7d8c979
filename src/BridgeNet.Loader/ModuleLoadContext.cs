using System.Reflection;
using System.Runtime.Loader;

namespace BridgeNet.Loading;

/// <summary>Finds the dependencies of an assembly through its deps.json, which lists the libraries of each architecture.</summary>
internal sealed class ModuleLoadContext(string assembly) : AssemblyLoadContext("BridgeNet")
{
    private readonly AssemblyDependencyResolver _resolver = new(assembly);

    protected override Assembly? Load(AssemblyName assemblyName) =>
        _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;
}
