import { render } from "preact";
import { App } from "./app";
import { findToken } from "./token";
import "uplot/dist/uPlot.min.css";
import "./style.css";

const place = document.getElementById("page");
if (place) render(<App token={findToken()} />, place);
