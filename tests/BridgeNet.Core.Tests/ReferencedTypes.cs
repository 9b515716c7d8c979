using System.Reflection;
using System.Reflection.Emit;

namespace BridgeNet.Core.Tests;

/// <summary>The types that a type refers to: in what it is made of, in its signatures, and in the bodies of its methods.</summary>
internal static class ReferencedTypes
{
    private const BindingFlags All =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> s_codes = typeof(OpCodes)
        .GetFields()
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    public static IEnumerable<Type> Of(Type type) => Direct(type).SelectMany(Parts).Distinct();

    private static IEnumerable<Type> Direct(Type type) =>
        [
            .. type.BaseType is { } parent ? (Type[])[parent] : [],
            .. type.GetInterfaces(),
            .. type.GetFields(All).Select(field => field.FieldType),
            .. type.GetCustomAttributesData().Select(attribute => attribute.AttributeType),
            .. type.GetMembers(All).OfType<MethodBase>().SelectMany(OfMethod),
        ];

    private static IEnumerable<Type> OfMethod(MethodBase method) =>
        [
            .. Signature(method),
            .. method.GetMethodBody() is { } body
                ?
                [
                    .. body.LocalVariables.Select(local => local.LocalType),
                    .. body
                        .ExceptionHandlingClauses.Where(clause => clause.Flags == ExceptionHandlingClauseOptions.Clause)
                        .Select(clause => clause.CatchType!),
                    .. Tokens(body.GetILAsByteArray()!).SelectMany(token => Resolve(method, token)),
                ]
                : (Type[])[],
        ];

    private static IEnumerable<Type> Signature(MethodBase method) =>
        [
            .. method.GetParameters().Select(parameter => parameter.ParameterType),
            .. method is MethodInfo { ReturnType: var result } ? (Type[])[result] : [],
            .. method.IsGenericMethod ? method.GetGenericArguments() : [],
        ];

    private static IEnumerable<Type> Resolve(MethodBase method, int token)
    {
        Type[]? ofType = method.DeclaringType is { IsGenericType: true } owner ? owner.GetGenericArguments() : null;
        MemberInfo? member = method.Module.ResolveMember(token, ofType, method.IsGenericMethod ? method.GetGenericArguments() : null);
        return member switch
        {
            Type type => [type],
            FieldInfo field => [field.DeclaringType!, field.FieldType],
            MethodBase called => [.. called.DeclaringType is { } declaring ? (Type[])[declaring] : [], .. Signature(called)],
            _ => [],
        };
    }

    /// <summary>The operands of a method's instructions that name types, fields and methods.</summary>
    private static IEnumerable<int> Tokens(byte[] code)
    {
        for (int at = 0; at < code.Length; )
        {
            short value = code[at++];
            if (value == 0xfe)
                value = (short)(0xfe00 | code[at++]);
            OpCode instruction = s_codes[value];
            if (
                instruction.OperandType
                is OperandType.InlineType
                    or OperandType.InlineField
                    or OperandType.InlineMethod
                    or OperandType.InlineTok
            )
                yield return BitConverter.ToInt32(code, at);
            at += instruction.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(code, at),
                _ => 4,
            };
        }
    }

    /// <summary>A type as written: <c>List&lt;Link&gt;[]</c> is an array, a list and a link.</summary>
    private static IEnumerable<Type> Parts(Type type) =>
        type.HasElementType ? Parts(type.GetElementType()!)
        : type.IsGenericParameter ? []
        : type.IsGenericType ? [type.GetGenericTypeDefinition(), .. type.GetGenericArguments().SelectMany(Parts)]
        : [type];
}
