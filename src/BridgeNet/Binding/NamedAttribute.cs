using System.Collections;
using System.Management.Automation;

namespace BridgeNet.Binding;

/// <summary>Refuses a value that names no object, such as an unset variable: it must not select all objects.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NamedAttribute : ValidateArgumentsAttribute
{
    /// <inheritdoc/>
    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        if (NamesNothing(arguments, nesting: 4))
            throw new ValidationMetadataException("The argument is null or empty; give a name, an id or an object.");
    }

    private static bool NamesNothing(object? value, int nesting) =>
        (value is PSObject wrapped ? wrapped.BaseObject : value) switch
        {
            null or "" => true,
            IEnumerable many and not (string or IDictionary) when nesting > 0 => many.Cast<object?>()
                .Select(item => NamesNothing(item, nesting - 1))
                .DefaultIfEmpty(true)
                .Any(static nothing => nothing),
            _ => false,
        };
}
