using System.Management.Automation;
using System.Reflection;

namespace BridgeNet.Loading;

/// <summary>
/// Makes <c>[BridgeNet.Model.BridgeNetwork]</c> a type that scripts can name: PowerShell looks for names in the default context
/// only, and beyond it among its type accelerators.
/// </summary>
internal static class TypeNames
{
    private const string Namespace = "BridgeNet.Model";

    public static void Register(Assembly core)
    {
        // Not public, but documented for this: about_Classes, "Exporting classes with type accelerators".
        MethodInfo? add = typeof(PSObject)
            .Assembly.GetType("System.Management.Automation.TypeAccelerators")
            ?.GetMethod("Add", [typeof(string), typeof(Type)]);
        if (add is null)
            return;
        Action<string, Type> register = add.CreateDelegate<Action<string, Type>>();
        foreach (Type type in core.GetExportedTypes())
        {
            if (type is { Namespace: Namespace, IsNested: false })
                register(type.FullName!, type);
        }
    }
}
