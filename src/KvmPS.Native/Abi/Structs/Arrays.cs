using System.Runtime.CompilerServices;

namespace KvmPS.Native.Abi;

/// <summary>2 elements in place; reads as a span.</summary>
[InlineArray(2)]
public struct Array2<T>
    where T : unmanaged
{
    private T _element;
}

/// <summary>3 elements in place; reads as a span.</summary>
[InlineArray(3)]
public struct Array3<T>
    where T : unmanaged
{
    private T _element;
}

/// <summary>4 elements in place; reads as a span.</summary>
[InlineArray(4)]
public struct Array4<T>
    where T : unmanaged
{
    private T _element;
}

/// <summary>5 elements in place; reads as a span.</summary>
[InlineArray(5)]
public struct Array5<T>
    where T : unmanaged
{
    private T _element;
}

/// <summary>6 elements in place; reads as a span.</summary>
[InlineArray(6)]
public struct Array6<T>
    where T : unmanaged
{
    private T _element;
}

/// <summary>7 elements in place; reads as a span.</summary>
[InlineArray(7)]
public struct Array7<T>
    where T : unmanaged
{
    private T _element;
}

/// <summary>8 elements in place; reads as a span.</summary>
[InlineArray(8)]
public struct Array8<T>
    where T : unmanaged
{
    private T _element;
}

/// <summary>9 elements in place; reads as a span.</summary>
[InlineArray(9)]
public struct Array9<T>
    where T : unmanaged
{
    private T _element;
}

/// <summary>12 elements in place; reads as a span.</summary>
[InlineArray(12)]
public struct Array12<T>
    where T : unmanaged
{
    private T _element;
}

/// <summary>13 elements in place; reads as a span.</summary>
[InlineArray(13)]
public struct Array13<T>
    where T : unmanaged
{
    private T _element;
}

/// <summary>14 elements in place; reads as a span.</summary>
[InlineArray(14)]
public struct Array14<T>
    where T : unmanaged
{
    private T _element;
}

/// <summary>15 elements in place; reads as a span.</summary>
[InlineArray(15)]
public struct Array15<T>
    where T : unmanaged
{
    private T _element;
}

/// <summary>16 elements in place; reads as a span.</summary>
[InlineArray(16)]
public struct Array16<T>
    where T : unmanaged
{
    private T _element;
}

/// <summary>24 elements in place; reads as a span.</summary>
[InlineArray(24)]
public struct Array24<T>
    where T : unmanaged
{
    private T _element;
}

/// <summary>26 elements in place; reads as a span.</summary>
[InlineArray(26)]
public struct Array26<T>
    where T : unmanaged
{
    private T _element;
}

/// <summary>30 elements in place; reads as a span.</summary>
[InlineArray(30)]
public struct Array30<T>
    where T : unmanaged
{
    private T _element;
}

/// <summary>31 elements in place; reads as a span.</summary>
[InlineArray(31)]
public struct Array31<T>
    where T : unmanaged
{
    private T _element;
}

/// <summary>32 elements in place; reads as a span.</summary>
[InlineArray(32)]
public struct Array32<T>
    where T : unmanaged
{
    private T _element;
}

/// <summary>36 elements in place; reads as a span.</summary>
[InlineArray(36)]
public struct Array36<T>
    where T : unmanaged
{
    private T _element;
}

/// <summary>64 elements in place; reads as a span.</summary>
[InlineArray(64)]
public struct Array64<T>
    where T : unmanaged
{
    private T _element;
}

/// <summary>108 elements in place; reads as a span.</summary>
[InlineArray(108)]
public struct Array108<T>
    where T : unmanaged
{
    private T _element;
}

/// <summary>120 elements in place; reads as a span.</summary>
[InlineArray(120)]
public struct Array120<T>
    where T : unmanaged
{
    private T _element;
}

/// <summary>128 elements in place; reads as a span.</summary>
[InlineArray(128)]
public struct Array128<T>
    where T : unmanaged
{
    private T _element;
}

/// <summary>250 elements in place; reads as a span.</summary>
[InlineArray(250)]
public struct Array250<T>
    where T : unmanaged
{
    private T _element;
}

/// <summary>256 elements in place; reads as a span.</summary>
[InlineArray(256)]
public struct Array256<T>
    where T : unmanaged
{
    private T _element;
}

/// <summary>512 elements in place; reads as a span.</summary>
[InlineArray(512)]
public struct Array512<T>
    where T : unmanaged
{
    private T _element;
}

/// <summary>1024 elements in place; reads as a span.</summary>
[InlineArray(1024)]
public struct Array1024<T>
    where T : unmanaged
{
    private T _element;
}

/// <summary>2048 elements in place; reads as a span.</summary>
[InlineArray(2048)]
public struct Array2048<T>
    where T : unmanaged
{
    private T _element;
}

/// <summary>4096 elements in place; reads as a span.</summary>
[InlineArray(4096)]
public struct Array4096<T>
    where T : unmanaged
{
    private T _element;
}
